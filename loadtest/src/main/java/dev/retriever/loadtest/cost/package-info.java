/**
 * Computes the cost of fetches from the lines of invocation logs and price sheets. It makes no
 * fetches.
 */
package dev.retriever.loadtest.cost;
