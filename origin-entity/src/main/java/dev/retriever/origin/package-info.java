/**
 * The durable origin of fetches. It records what to ask in one durable step, has an executor ask
 * it, and settles it once: answered, failed, unknown or cancelled, whatever crashes in between.
 *
 * <p>{@link dev.retriever.origin.OriginCore} decides, purely; {@link
 * dev.retriever.origin.OriginEvent} is what gets journaled; {@link
 * dev.retriever.origin.OriginEntity} translates between the two and Pekko. Callers come through
 * {@link dev.retriever.origin.Origins}.
 */
package dev.retriever.origin;
