/**
 * What the database says of itself, and what of it is dangerous, for operators. Checks without
 * which a node does not start are in {@link dev.retriever.cluster.storage}.
 */
package dev.retriever.cluster.storage.facts;
