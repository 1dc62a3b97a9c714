/**
 * Processes and databases that scenarios start, watch and end. Measurements and scenarios do not
 * belong here.
 */
package dev.retriever.loadtest.process;
