package dev.retriever.origin;

/**
 * Extended by the sealed roots of an origin's commands, replies and events, and by its state: what
 * extends it is serialized as CBOR. Class names are then part of the journal and of snapshots: to
 * rename an event or the state takes a migration.
 */
public interface Serialized {}
