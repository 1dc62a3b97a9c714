/**
 * The durable origin of fetches. It records what to ask in one durable step, has an executor ask
 * it, and settles it once: answered, failed, unknown or cancelled, whatever crashes in between.
 *
 * <p>Users write an {@link dev.retriever.origin.Origin}: its handlers say, with {@link
 * dev.retriever.origin.Next}, which fetches and alarms are to be, and with which {@link
 * dev.retriever.origin.Continuation} it goes on. Callers come through {@link
 * dev.retriever.origin.Origins}. Tests use the module {@code origin-testkit}. {@code OriginCore}
 * decides, purely, and {@code OriginEntity} translates between it and Pekko.
 *
 * <p>No argument may be null. {@code toString} of nothing here shows bodies, header values, query
 * strings or contexts.
 */
package dev.retriever.origin;
