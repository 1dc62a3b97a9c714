/**
 * Streams of figures as server-sent events: one event when they change, and at most one in a time.
 * What the figures are does not belong here; nor do outcomes, of which no event may be left out.
 */
package dev.retriever.cluster.streams;
