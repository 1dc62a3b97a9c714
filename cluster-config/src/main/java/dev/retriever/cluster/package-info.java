/**
 * The node: everything of Retriever wired together, with its storage, its cluster and its HTTP API.
 *
 * <p>{@link dev.retriever.cluster.Main} starts one from the environment; {@code Node} is the
 * composition root, to be read from top to bottom. {@link dev.retriever.cluster.Retriever} is for
 * services that have an actor system of their own, and no use for the HTTP API.
 */
package dev.retriever.cluster;
