package dev.retriever.origin;

/**
 * A marker for the sealed roots of an origin's commands, replies and events, and for its state: its
 * subtypes are serialized as CBOR. Class names are then part of the journal and of snapshots: to
 * rename an event or the state takes a migration.
 */
public interface Serialized {}
