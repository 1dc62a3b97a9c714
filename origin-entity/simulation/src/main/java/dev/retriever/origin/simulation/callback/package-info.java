/**
 * Callbacks in simulated clusters: which fetches tell their outcomes, what nodes know of the
 * endpoint, and what is promised. How clusters run does not belong here.
 */
package dev.retriever.origin.simulation.callback;
