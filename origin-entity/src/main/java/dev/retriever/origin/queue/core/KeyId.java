package dev.retriever.origin.queue.core;

/** A key of a tenant. The same key of another tenant is another one. Immutable. */
public record KeyId(String tenant, String key) {}
