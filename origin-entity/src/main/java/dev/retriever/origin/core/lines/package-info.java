/**
 * Which fetches of an origin wait in which queue, and what their queues have let begin: persistent
 * indexes, derived from the journal. No decision, message or row of a database belongs here.
 */
package dev.retriever.origin.core.lines;
