package dev.retriever.origin.queue;

/** A setting of a queue is out of range. Nothing has changed. */
public final class InvalidQueue extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  /**
   * A rule that a setting breaks.
   *
   * @param pointer JSON pointer of the setting inside the queue, such as {@code /rate/limit}
   * @param rule what must hold; the message is the name of the setting and this
   */
  public InvalidQueue(String pointer, String rule) {
    super(pointer.substring(pointer.lastIndexOf('/') + 1) + " " + rule);
    this.pointer = pointer;
  }

  private InvalidQueue(InvalidQueue inner, String outer) {
    super(inner.getMessage(), inner);
    pointer = outer + inner.pointer;
  }

  /** JSON pointer of the setting inside the queue. */
  public String pointer() {
    return pointer;
  }

  /**
   * The same rule, of a setting that stands further inside: a rate of each key is at {@code
   * /perKey}.
   */
  public InvalidQueue under(String outer) {
    return new InvalidQueue(this, outer);
  }
}
