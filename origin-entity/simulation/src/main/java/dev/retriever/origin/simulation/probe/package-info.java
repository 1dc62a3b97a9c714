/**
 * The origin that Retriever itself is simulated with, what it fetches, and what traces say of its
 * rows. Nodes, callers and checkers belong to {@code cluster}.
 */
package dev.retriever.origin.simulation.probe;
