/**
 * An origin's side of queues: the rows that its writes change in them, what it tells them, and its
 * answers to their messages. Decisions about fetches belong to the core, and those of queues to
 * queues.
 */
package dev.retriever.origin.queued;
