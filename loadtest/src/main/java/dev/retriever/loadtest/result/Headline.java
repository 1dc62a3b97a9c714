package dev.retriever.loadtest.result;

/**
 * The questions that the first page of a report answers. One scenario answers each, so that a
 * figure has one source.
 */
public enum Headline {
  RATE("How many fetches a second?"),
  LATE("How late, at p99?"),
  DEATH("What does the death of a node cost?"),
  CHOICE("Which dispatch for calls of 200 ms?"),
  AT_ONCE("How many calls at once?"),
  COST("What does a fetch cost?"),
  BACKLOG("How many fetches may wait?"),
  SUBSCRIBERS("How many subscribers at once?"),
  DELIVERY("How late does an event reach its subscriber, at p99?"),
  RECONNECT("How soon are subscribers back after a cut?"),
  GROWTH("Does the memory of a node grow?");

  private final String question;

  Headline(String question) {
    this.question = question;
  }

  public String question() {
    return question;
  }

  /**
   * An answer that a run gives.
   *
   * @param text with its figures, and with what was held equal, in one or two sentences
   */
  public record Answer(Headline headline, String text) {}
}
