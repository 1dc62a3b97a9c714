/**
 * Schedules of simulated origins: which there are, what callers ask of them, and the promise that
 * no tick is early, lost or made twice. Nodes, networks and callers do not belong here.
 */
package dev.retriever.origin.simulation.schedules;
