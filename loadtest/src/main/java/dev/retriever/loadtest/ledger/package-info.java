/**
 * The ground truth: what was accepted, what reached the target, what nodes said of it, and whether
 * that agrees. It drives nothing.
 */
package dev.retriever.loadtest.ledger;
