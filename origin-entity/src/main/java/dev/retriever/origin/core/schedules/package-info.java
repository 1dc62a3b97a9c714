/**
 * Schedules as part of the state of their origin, and every decision about them, as pure functions.
 * What callers see of them is in {@code origin.schedules}; messages and storage do not belong here.
 */
package dev.retriever.origin.core.schedules;
