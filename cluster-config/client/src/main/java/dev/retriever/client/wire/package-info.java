/**
 * Sends one call to a node: repeats it when that is safe, bounds its time and its answer, and reads
 * streams of events. For the client and the command line; what an answer means is in {@link
 * dev.retriever.client}.
 */
package dev.retriever.client.wire;
