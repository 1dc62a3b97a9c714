/**
 * Failures that scenarios inject between processes: slow, cut and failing links. Faults of targets
 * are decided here, too, and made in {@code target}.
 */
package dev.retriever.loadtest.faults;
