/**
 * Clients of a node's HTTP API: what they submit, and how they follow it. They judge nothing; the
 * ledger does.
 */
package dev.retriever.loadtest.load;
