package dev.retriever.executor;

import java.io.IOException;

/** Stops an exchange on our own account, before anything of its request has left. */
public final class Refusal extends IOException {
  private static final long serialVersionUID = 1L;

  private final Stage stage;
  private final String reason;

  /**
   * @param reason a word to count by; without an address, since callers read it
   */
  public Refusal(Stage stage, String reason) {
    super(reason);
    this.stage = stage;
    this.reason = reason;
  }

  /** How far the exchange had come. */
  public Stage stage() {
    return stage;
  }

  /** Why it was stopped. */
  public String reason() {
    return reason;
  }

  /** It travels through the client only to come back to its exchange: nobody reads a trace. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
