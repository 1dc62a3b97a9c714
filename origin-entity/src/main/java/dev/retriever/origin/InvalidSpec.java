package dev.retriever.origin;

/** A fetch that asks for what is out of range, found before anything was persisted. */
public final class InvalidSpec extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  /**
   * @param pointer JSON pointer of the field inside the fetch, such as {@code /timeout}
   */
  public InvalidSpec(String pointer, String rule) {
    super(pointer.substring(pointer.lastIndexOf('/') + 1) + " " + rule);
    this.pointer = pointer;
  }

  public String pointer() {
    return pointer;
  }
}
