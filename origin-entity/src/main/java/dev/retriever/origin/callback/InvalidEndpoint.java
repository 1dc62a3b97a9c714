package dev.retriever.origin.callback;

/** Settings of an endpoint are out of their range. */
public final class InvalidEndpoint extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  /**
   * @param pointer names the setting, as a JSON pointer
   * @param rule such as {@code must be 1 to 2}
   */
  public InvalidEndpoint(String pointer, String rule) {
    super(pointer + " " + rule);
    this.pointer = pointer;
  }

  /** Names the setting, as a JSON pointer. */
  public String pointer() {
    return pointer;
  }
}
