/**
 * Durable alarms. {@link dev.retriever.alarms.Schedule} computes due times, {@link
 * dev.retriever.alarms.Alarms} is a pure book of pending alarms, and {@link
 * dev.retriever.alarms.AlarmTimer} keeps one actor timer armed for the earliest alarm. {@link
 * dev.retriever.alarms.AlarmClock} wakes origins that have left memory.
 *
 * <p>The book is part of its owner's state, so it is as durable as the owner's events. An alarm
 * never fires before its due time by the clock of its node. After a crash it fires again, until the
 * owner has persisted the effect.
 *
 * <p>No argument may be null. Schedules, alarms and books are immutable, and so thread-safe.
 * Origins, fetches and pools do not belong here.
 */
package dev.retriever.alarms;
