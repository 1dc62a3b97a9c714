/**
 * Keeps in the database what the door before the ports needs: keys, and the audit. What they mean
 * belongs to the security packages.
 */
package dev.retriever.cluster.storage.door;
