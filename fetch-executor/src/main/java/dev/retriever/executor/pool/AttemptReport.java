package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The report on one attempt, on its way to the origin. Sent again until {@code ackTo} has been
 * told, so it may arrive more than once, and long after the attempt.
 *
 * @param ackTo to be told once what the report changes is durable
 */
public record AttemptReport(AttemptKey key, Report report, ActorRef<ReportAck> ackTo) {}
