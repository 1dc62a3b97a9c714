package dev.retriever.executor;

import java.io.IOException;

/** Stops an exchange on our own account, before anything of its request has left. */
final class Refusal extends IOException {
  private static final long serialVersionUID = 1L;

  private final Stage stage;
  private final String reason;

  Refusal(Stage stage, String reason) {
    super(reason);
    this.stage = stage;
    this.reason = reason;
  }

  Stage stage() {
    return stage;
  }

  String reason() {
    return reason;
  }

  /** It travels through the client only to come back to its exchange: nobody reads a trace. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
