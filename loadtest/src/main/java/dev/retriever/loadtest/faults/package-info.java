/**
 * Faults that scenarios inject: which kind, at which moment, and the links that carry them out.
 * Faults of the target are decided here, too, and carried out in {@code server}.
 */
package dev.retriever.loadtest.faults;
