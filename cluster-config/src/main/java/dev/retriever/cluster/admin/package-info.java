/**
 * The management port: what operators ask of a node and of its origins. Requests of callers do not
 * belong here; they are served by {@code api}.
 */
package dev.retriever.cluster.admin;
