/**
 * Counts and times of the last minutes, in memory that does not grow.
 *
 * <p>Only sums are kept. Nothing is decided by them, and what is counted is not known here.
 */
package dev.retriever.origin.queue.core.figures;
