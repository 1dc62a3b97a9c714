package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;

/** The origin has persisted what the report on this attempt changed, or needs it no more. */
public record ReportAck(AttemptKey key) implements FetchExecutor.Command {}
