package dev.retriever.origin;

import dev.retriever.executor.Body;
import dev.retriever.origin.context.ContextCodec;
import dev.retriever.origin.context.ContextFault;
import java.util.Optional;

/**
 * A continuation and its context as they are persisted. The component names and the bytes are
 * on-disk format. Today's code may not know the name.
 *
 * @param name of the continuation when it was persisted; today's code may have it as an alias
 * @param context in CBOR, at most {@link Continuation#MAX_CONTEXT_BYTES}
 */
public record StoredContinuation(String name, Body context) {
  /**
   * The context, if that continuation has this name or alias; else empty.
   *
   * @throws IllegalStateException if the context can no longer be read
   */
  public <X> Optional<X> contextOf(Continuation<X> continuation) {
    if (!continuation.name().equals(name) && !continuation.aliases().contains(name)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ContextCodec.decode(continuation.context(), context));
    } catch (ContextFault e) {
      throw new IllegalStateException(
          "the context of " + continuation + " can no longer be read: " + e.getMessage(), e);
    }
  }

  /** Without the context: it may hold what must not reach a log. */
  @Override
  public String toString() {
    return "StoredContinuation[" + name + "]";
  }
}
