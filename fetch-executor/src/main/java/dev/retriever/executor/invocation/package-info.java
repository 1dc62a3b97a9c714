/**
 * The invocation log: one line for each message that a node has handled. The file and format of log
 * output do not belong here; the logging configuration sets them.
 */
package dev.retriever.executor.invocation;
