/**
 * Makes one HTTP exchange per attempt and reports what came of it.
 *
 * <p>Nothing here is durable and nothing here retries: an attempt that was accepted puts its
 * request on the wire at most once, and its {@link dev.retriever.executor.Report} is repeated until
 * somebody acknowledges it. {@link dev.retriever.executor.Stage} says how far an attempt got, so
 * that "not sent" is only ever said when nothing of the request can have left.
 */
package dev.retriever.executor;
