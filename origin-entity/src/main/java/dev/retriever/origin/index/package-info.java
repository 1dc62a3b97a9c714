/**
 * The rows by which fetches and schedules are found again: what follows from the events of a write,
 * and from the state of an origin. Only their form: statements belong to the module that has the
 * database.
 */
package dev.retriever.origin.index;
