/**
 * The HTTP API for callers: submissions, reads, waits, lists and cancels, and the JSON they are
 * written in. Streams of outcomes are in {@code outcomes}; what both ports share is in {@code
 * http}.
 */
package dev.retriever.cluster.api;
