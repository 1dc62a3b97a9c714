/**
 * Subscriptions to outcomes, as server-sent events and on WebSockets. Reads of single fetches are
 * in {@code api}.
 */
package dev.retriever.cluster.outcomes;
