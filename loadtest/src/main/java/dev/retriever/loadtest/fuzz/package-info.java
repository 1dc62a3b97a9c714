/**
 * The fuzzer of the HTTP API: requests made from the contract that a node serves, and what must
 * hold for every answer. Load and speed do not belong here; they are in {@code bars}.
 */
package dev.retriever.loadtest.fuzz;
