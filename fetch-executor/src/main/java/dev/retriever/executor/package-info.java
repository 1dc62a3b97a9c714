/**
 * Makes one HTTP exchange for each attempt and reports the result.
 *
 * <p>Nothing here is durable, and nothing here retries. An accepted attempt sends its request at
 * most once. Its {@link dev.retriever.executor.Report} is sent until it is acknowledged. {@link
 * dev.retriever.executor.Stage} names the stage that an attempt reached: a report says "not sent"
 * only if no byte of the request can have left.
 *
 * <p>{@link dev.retriever.executor.FetchRequest} is the request, and {@link
 * dev.retriever.executor.Response} the answer. {@link dev.retriever.executor.pool.ExecutorPools}
 * are the executors of a node, and {@link dev.retriever.executor.http.HttpTransport} connects them
 * to the network. Durable state and retries do not belong here; they are in the module of origins.
 *
 * <p>No argument may be null. No {@code toString} here shows bodies, header values, query strings
 * or idempotency keys.
 */
package dev.retriever.executor;
