/**
 * A whole cluster in one thread: the origins, executors and clocks of production, in virtual time,
 * on a journal, a network and targets that fail as a seed says. The same seed gives the same run,
 * to the last step.
 */
package dev.retriever.origin.simulation;
