package dev.retriever.origin;

/**
 * A context that cannot be persisted, or could not be read again. Nothing has been persisted. The
 * message names the continuation, the type, the component and what to do; never a value, since
 * contexts may hold secrets. For the same reason it has no cause: its type is in the message.
 */
public final class UnserializableContext extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnserializableContext(String continuation, Class<?> type, String fault) {
    super(
        "The context of continuation '%s', a %s, cannot be persisted: %s. Change the record so that it can; Continuation says what a context may be made of."
            .formatted(continuation, type.getTypeName(), fault));
  }
}
