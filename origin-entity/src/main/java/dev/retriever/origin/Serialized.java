package dev.retriever.origin;

/**
 * Extended by the sealed roots of an origin's commands, replies and events: what extends it is
 * serialized as CBOR. Class names are then part of the journal: to rename an event takes a
 * migration.
 */
public interface Serialized {}
