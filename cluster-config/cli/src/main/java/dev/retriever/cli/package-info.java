/**
 * The command line for callers and operators of nodes: what is asked with {@link
 * dev.retriever.client}, and how answers are shown. Starting nodes, targets and load tests is not
 * here.
 */
package dev.retriever.cli;
