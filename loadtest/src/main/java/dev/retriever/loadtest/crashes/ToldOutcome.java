package dev.retriever.loadtest.crashes;

import java.time.Instant;

/**
 * A callback as it came.
 *
 * @param webhookId the id of the message
 * @param outcome the type of outcome that it tells
 * @param settledAt when that was journaled, by the clock of the node
 * @param at when all of the message had come, by the same clock
 * @param isTaken whether it was answered that it is delivered
 * @param signed the keys that it was signed with, by the library of Standard Webhooks
 */
record ToldOutcome(
    String webhookId,
    String originId,
    String fetchId,
    long sequence,
    String outcome,
    Instant settledAt,
    Instant at,
    boolean isTaken,
    KeyTimes.Signed signed) {}
