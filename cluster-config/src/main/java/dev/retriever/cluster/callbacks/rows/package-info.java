/**
 * The tables of callbacks and of their endpoints: statements within the caller's transaction, and
 * the values in them. Connections do not belong here, nor what is shown over HTTP.
 */
package dev.retriever.cluster.callbacks.rows;
