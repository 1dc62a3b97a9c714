/**
 * Fetches found by what they are, and schedules: the filters of callers, the statements that they
 * become, and the answers. What is written into the index is not decided here.
 */
package dev.retriever.cluster.search;
