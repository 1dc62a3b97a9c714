package dev.retriever.client.problem;

/**
 * No node answered, although the call was repeated as often as the settings allow. A call that
 * changes something may have been followed all the same.
 */
public final class NoAnswerException extends RetrieverException {
  private static final long serialVersionUID = 1L;

  private final String nextStep;

  /**
   * @param what the call and where it went, without credentials
   */
  public NoAnswerException(String what, String nextStep, Throwable cause) {
    super(what + ": " + reason(cause) + ". " + nextStep, cause);
    this.nextStep = nextStep;
  }

  private static String reason(Throwable cause) {
    var name = cause.getClass().getSimpleName();
    return cause.getMessage() == null ? name : name + ": " + cause.getMessage();
  }

  @Override
  public String nextStep() {
    return nextStep;
  }
}
