/**
 * The invocation log: one line for each thing that a node has handled. Where the lines are written
 * to is not decided here.
 */
package dev.retriever.executor.invocation;
