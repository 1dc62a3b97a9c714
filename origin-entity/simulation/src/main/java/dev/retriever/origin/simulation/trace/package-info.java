/**
 * What a run leaves behind: its trace, the promises it broke, and the rare events it saw. Nothing
 * here takes part in a run.
 */
package dev.retriever.origin.simulation.trace;
