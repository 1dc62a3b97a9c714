package dev.retriever.origin;

import dev.retriever.executor.Body;

/**
 * A continuation and its context as they are persisted. The component names and the bytes are
 * on-disk format. Whether today's code knows the name is another matter.
 *
 * @param name of the continuation when it was asked for; today's code may know it as an alias
 * @param context in CBOR, at most {@link Continuation#MAX_CONTEXT_BYTES}
 */
public record Then(String name, Body context) {}
