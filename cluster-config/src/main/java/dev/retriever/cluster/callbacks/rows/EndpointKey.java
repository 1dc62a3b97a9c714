package dev.retriever.cluster.callbacks.rows;

/** The name of an endpoint, within its tenant. Immutable. */
public record EndpointKey(String tenant, String name) {}
