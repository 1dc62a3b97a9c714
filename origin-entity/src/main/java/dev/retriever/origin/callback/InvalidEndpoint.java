package dev.retriever.origin.callback;

/** Settings of an endpoint are out of their range. */
public final class InvalidEndpoint extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String pointer;
  private final String rule;

  /**
   * @param pointer names the setting, as a JSON pointer
   * @param rule such as {@code must be 1 to 2}
   */
  public InvalidEndpoint(String pointer, String rule) {
    super(pointer + " " + rule);
    this.pointer = pointer;
    this.rule = rule;
  }

  /** Names the setting, as a JSON pointer. */
  public String pointer() {
    return pointer;
  }

  /** What must hold, without the name of the setting. */
  public String rule() {
    return rule;
  }
}
