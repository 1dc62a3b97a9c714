/**
 * Processes and databases that scenarios start, watch and end. What they are used for does not
 * belong here.
 */
package dev.retriever.loadtest.process;
