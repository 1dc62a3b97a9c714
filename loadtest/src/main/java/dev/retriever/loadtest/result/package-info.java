/**
 * Results of runs: figures, plots, and the texts and reports made of them. Nothing here measures.
 */
package dev.retriever.loadtest.result;
