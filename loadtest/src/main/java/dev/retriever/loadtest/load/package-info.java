/**
 * Clients of a node's HTTP API that submit and read fetches. They judge nothing; the ledger does.
 */
package dev.retriever.loadtest.load;
