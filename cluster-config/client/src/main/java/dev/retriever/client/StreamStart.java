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

  /** After the event with that id: each later outcome is told once. */
  public static StreamStart after(String id) {
    if (!id.matches("\\d{1,19}")) {
      throw new IllegalArgumentException("the id of an event is a number");
    }
    return new StreamStart(id, false);
  }
}
