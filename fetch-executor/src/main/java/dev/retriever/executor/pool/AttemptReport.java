package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The report on one attempt, on its way to the origin. It is sent again until {@code ackTo}
 * receives a {@link ReportAck}. So it may arrive more than once, and long after the attempt.
 *
 * @param ackTo receives the acknowledgement once the change that the report causes is durable
 */
public record AttemptReport(AttemptKey key, Report report, ActorRef<ReportAck> ackTo) {}
