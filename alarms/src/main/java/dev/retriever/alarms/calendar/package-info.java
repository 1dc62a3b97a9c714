/**
 * At which times repeated work is due: times of day, and the instants that they are in a zone. Pure
 * arithmetic of times belongs here; what is kept, and what is done at a time, does not.
 *
 * <p>No argument may be null. Everything is immutable, and so thread-safe.
 */
package dev.retriever.alarms.calendar;
