/**
 * Faults of a run, and the random numbers that its seed gives. What a fault does stands where it
 * strikes.
 */
package dev.retriever.origin.simulation.fault;
