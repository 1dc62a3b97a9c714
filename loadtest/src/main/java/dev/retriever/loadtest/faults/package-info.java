/**
 * Failures that scenarios inject between processes: slow links and partitions. Faults of the target
 * are decided here, too, and carried out in {@code server}.
 */
package dev.retriever.loadtest.faults;
