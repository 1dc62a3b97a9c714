package dev.retriever.executor;

import java.io.IOException;

/** Thrown to stop an exchange by our own decision, before any byte of its request has left. */
public final class Refusal extends IOException {
  private static final long serialVersionUID = 1L;

  private final Stage stage;
  private final String reason;

  /**
   * @param reason a short stable word; it must show no address, because callers read it
   */
  public Refusal(Stage stage, String reason) {
    super(reason);
    this.stage = stage;
    this.reason = reason;
  }

  /** The stage that the exchange had reached. */
  public Stage stage() {
    return stage;
  }

  /** The reason for the report. */
  public String reason() {
    return reason;
  }

  /** Records no stack trace: the exception only passes through the client to its exchange. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
