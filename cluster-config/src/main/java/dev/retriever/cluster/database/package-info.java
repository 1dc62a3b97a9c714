/**
 * Statements and values in the form in which a database takes them. Nothing here knows what they
 * are about, and nothing opens a connection.
 */
package dev.retriever.cluster.database;
