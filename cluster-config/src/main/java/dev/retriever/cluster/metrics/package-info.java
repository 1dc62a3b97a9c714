/**
 * What a node measures, and the page on which Prometheus reads it: instruments, bounds of their
 * labels, and {@code GET /metrics}.
 *
 * <p>All types of the Prometheus client are here. Nothing is decided by a figure, and no label has
 * the id of an origin or fetch, a URL, or text that a tenant has made.
 */
package dev.retriever.cluster.metrics;
