/**
 * Durable alarms: {@link dev.retriever.alarms.Schedule} says when one is due, {@link
 * dev.retriever.alarms.Alarms} is a pure book of what is due when, and {@link
 * dev.retriever.alarms.AlarmTimer} keeps one actor timer armed for the earliest.
 *
 * <p>The book is part of its owner's state, so it is as durable as the events that the owner
 * rebuilds it from. An alarm never fires before it is due by the clock of the node that fires it,
 * and fires again after a crash until the owner has persisted its effect.
 *
 * <p>No argument may be null. All but the timer is immutable, and so thread-safe.
 */
package dev.retriever.alarms;
