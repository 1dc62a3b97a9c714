/**
 * The ground truth and who asks it: a target server that counts what it truly received, the demo
 * and load scenarios that drive a node through its public HTTP faces only, and the ledger that
 * judges them.
 */
package dev.retriever.loadtest;
