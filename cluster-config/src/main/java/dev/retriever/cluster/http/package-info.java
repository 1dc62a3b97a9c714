/**
 * What every HTTP face of a node shares: problem documents, JSON, headers, ids and durations.
 * Nothing here knows a route, an origin or the database.
 */
package dev.retriever.cluster.http;
