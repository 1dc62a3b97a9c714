package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;

/** The origin has persisted the change that the report caused, or no longer needs the report. */
public record ReportAck(AttemptKey key) implements FetchExecutor.Command {}
