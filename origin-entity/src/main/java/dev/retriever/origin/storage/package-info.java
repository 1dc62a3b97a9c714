/**
 * Snapshots, and reads from the journal: how an origin is kept and found again. What is written as
 * rows is decided in {@code core}.
 */
package dev.retriever.origin.storage;
