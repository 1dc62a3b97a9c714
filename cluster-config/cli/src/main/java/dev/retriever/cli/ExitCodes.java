package dev.retriever.cli;

import dev.retriever.client.ShownFetch;

/** What a command ends with. Scripts depend on them: they are in docs/cli.md. */
final class ExitCodes {
  static final int DONE = 0;
  static final int REFUSED = 1;
  static final int WRONG_ARGUMENTS = 2;
  static final int OTHER_STATUS = 10;
  static final int FAILED = 11;
  static final int UNKNOWN = 12;
  static final int CANCELLED = 13;
  static final int NOT_SETTLED = 14;
  static final int NOT_SHOWN = 15;

  private ExitCodes() {}

  /** By its outcome, which is shown to callers with the role read alone. */
  static int of(ShownFetch fetch) {
    return fetch
        .outcome()
        .map(
            outcome ->
                outcome.<Integer>fold(
                    answered -> answered.response().isSuccess() ? DONE : OTHER_STATUS,
                    failed -> FAILED,
                    unknown -> UNKNOWN,
                    cancelled -> CANCELLED))
        .orElse(fetch.isSettled() ? NOT_SHOWN : NOT_SETTLED);
  }
}
