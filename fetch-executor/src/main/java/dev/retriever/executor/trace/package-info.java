/**
 * Trace contexts as W3C Trace Context 1 has them, and the ids of the spans of a fetch, as pure
 * values. Spans and their export do not belong here, and neither does anything that knows a
 * request.
 */
package dev.retriever.executor.trace;
