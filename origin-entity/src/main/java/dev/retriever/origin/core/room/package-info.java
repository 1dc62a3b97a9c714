/**
 * Pools and targets, as far as attempts wait for room in them. Who waits, and who begins, belongs
 * to the core.
 */
package dev.retriever.origin.core.room;
