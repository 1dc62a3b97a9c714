/**
 * The database: connections and their limits, the journal's writers, wake-ups, and the purge. No
 * SQL stands outside of this package, and no HTTP inside it but the problem that says that the
 * database is away.
 */
package dev.retriever.cluster.storage;
