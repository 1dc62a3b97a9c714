/**
 * The pace of calls, in closed and steady loops, and the progress of runs. It does not know what is
 * called.
 */
package dev.retriever.loadtest.pace;
