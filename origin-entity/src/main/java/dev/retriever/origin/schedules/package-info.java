/**
 * The face of the schedules of origins: what callers ask for, what they are shown, and the events
 * that are journaled. Decisions, states and messages between actors do not belong here.
 *
 * <p>All records are immutable, and so thread-safe. No argument may be null.
 */
package dev.retriever.origin.schedules;
