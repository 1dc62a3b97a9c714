/**
 * The simulated cluster: nodes, network, storage, targets and callers in one thread, and the
 * checkers that watch them. Which faults strike is decided elsewhere.
 */
package dev.retriever.origin.simulation.cluster;
