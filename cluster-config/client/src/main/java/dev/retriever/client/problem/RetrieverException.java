package dev.retriever.client.problem;

/** A call that did not do what it was to do. The message says why, and what to do next. */
public abstract sealed class RetrieverException extends RuntimeException
    permits ProblemException, NoAnswerException {
  private static final long serialVersionUID = 1L;

  RetrieverException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What the caller can do about it, as a sentence. */
  public abstract String nextStep();
}
