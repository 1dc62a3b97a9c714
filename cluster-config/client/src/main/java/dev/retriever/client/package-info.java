/**
 * The HTTP API from Java: what callers ask a node, and what they are told. How a call is sent and
 * repeated is in {@link dev.retriever.client.wire}; nothing of a node is here.
 */
package dev.retriever.client;
