package dev.retriever.origin;

/** A value of a fetch is out of range. Thrown before anything is persisted. */
public final class InvalidSpec extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  /**
   * A rule that a fetch breaks.
   *
   * @param pointer JSON pointer of the field inside the fetch, such as {@code /timeout}
   * @param rule what must hold; the message is the name of the field and this
   */
  public InvalidSpec(String pointer, String rule) {
    super(pointer.substring(pointer.lastIndexOf('/') + 1) + " " + rule);
    this.pointer = pointer;
  }

  /** JSON pointer of the field inside the fetch, such as {@code /timeout}. */
  public String pointer() {
    return pointer;
  }
}
