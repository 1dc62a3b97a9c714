/**
 * Makes one HTTP exchange per attempt and reports what came of it.
 *
 * <p>Nothing here is durable and nothing here retries: an attempt that was accepted puts its
 * request on the wire at most once, and its {@link dev.retriever.executor.Report} is repeated until
 * somebody acknowledges it. {@link dev.retriever.executor.Stage} says how far an attempt got, so
 * that "not sent" is only ever said when nothing of the request can have left.
 *
 * <p>{@link dev.retriever.executor.FetchRequest} is what to ask, and {@link
 * dev.retriever.executor.Response} an answer. {@link dev.retriever.executor.pool.ExecutorPools} are
 * a node's executors, and {@link dev.retriever.executor.http.HttpTransport} is their way to the
 * network.
 *
 * <p>No argument may be null. {@code toString} of nothing here shows bodies, header values, query
 * strings or idempotency keys.
 */
package dev.retriever.executor;
