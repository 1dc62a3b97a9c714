package dev.retriever.client;

/** Where a stream of outcomes begins. Immutable. */
public record StreamStart(String lastId, boolean isStart) {
  /** With what settles from now on. */
  public static StreamStart now() {
    return new StreamStart("", false);
  }

  /** With all that the node keeps. */
  public static StreamStart start() {
    return new StreamStart("", true);
  }

  /**
   * After the event with that id, as it was told: each later outcome is told once.
   *
   * @throws IllegalArgumentException if that cannot be an id
   */
  public static StreamStart after(String id) {
    if (!id.matches("\\d{1,19}(-[0-9a-z]{1,12})?")) {
      throw new IllegalArgumentException(
          "an id of an event is such as 14-loyw3v5n: take it as it was told");
    }
    return new StreamStart(id, false);
  }
}
