/** Scenarios about subscriptions to outcomes: many subscribers, waves, cuts and large outcomes. */
package dev.retriever.loadtest.stress;
