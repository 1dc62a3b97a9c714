/**
 * Latency at stated rates: the search of the highest one that is sustained, and the parts of which
 * late outcomes consist. Calls as fast as they go do not belong here.
 */
package dev.retriever.loadtest.rates;
