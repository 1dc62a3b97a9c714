/**
 * Scenarios that measure single figures: cost of a fetch, bounds, limits, sleep and alarms.
 * Scenarios about queues, subscriptions and dispatch have packages of their own.
 */
package dev.retriever.loadtest.bars;
