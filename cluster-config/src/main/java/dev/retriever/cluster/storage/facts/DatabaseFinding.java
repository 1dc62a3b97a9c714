package dev.retriever.cluster.storage.facts;

/**
 * Something about the database that is dangerous. Immutable.
 *
 * @param isSevere whether something acknowledged may be lost, or nodes may not be served
 * @param text one sentence or two
 * @param nextStep what to do
 */
record DatabaseFinding(boolean isSevere, String text, String nextStep) {}
