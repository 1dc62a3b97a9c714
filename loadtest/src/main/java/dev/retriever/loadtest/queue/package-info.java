/** Scenarios about job queues: throughput, fairness, retries, backlogs, crashes and memory. */
package dev.retriever.loadtest.queue;
