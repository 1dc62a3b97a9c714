/**
 * Load tests: a target server that counts the requests it received, the demo and the scenarios that
 * drive nodes through their public HTTP API, and the ledger that judges the result.
 */
package dev.retriever.loadtest;
