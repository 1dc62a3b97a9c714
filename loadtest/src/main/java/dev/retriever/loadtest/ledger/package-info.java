/**
 * The ground truth: fetches that were accepted, hits at the target, answers of nodes, and whether
 * they agree. Nothing here makes calls.
 */
package dev.retriever.loadtest.ledger;
