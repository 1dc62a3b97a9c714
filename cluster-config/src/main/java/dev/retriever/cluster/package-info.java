/**
 * The node: everything of Retriever wired together, with its storage, its cluster and its HTTP API.
 *
 * <p>{@link dev.retriever.cluster.Main} starts one from the environment; {@link
 * dev.retriever.cluster.Node} is the composition root, to be read from top to bottom.
 */
package dev.retriever.cluster;
