package dev.retriever.origin.callback;

/**
 * What a settled callback was about. Immutable; its components are persisted.
 *
 * @param to the endpoint
 * @param fetchId of the fetch whose outcome it told
 * @param sequence the journal row of that outcome
 */
public record CallbackSubject(CallbackChoice to, String fetchId, long sequence) {
  /** That of a callback. */
  public static CallbackSubject of(Callback callback) {
    return new CallbackSubject(
        callback.to(), callback.facts().fetchId(), callback.facts().sequence());
  }
}
