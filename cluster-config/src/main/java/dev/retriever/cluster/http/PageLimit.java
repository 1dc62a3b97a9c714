package dev.retriever.cluster.http;

import java.util.Optional;

/** How many items the page of a list may have. */
public final class PageLimit {
  public static final int USUAL = 50;
  public static final int MOST = 500;
  private static final int DIGITS = 3;

  private PageLimit() {}

  /**
   * Reads the parameter {@code limit}. More than may be is cut to that.
   *
   * @throws Problem.Found if it is no whole number from 1
   */
  public static int of(Optional<String> limit) {
    return of(limit, USUAL);
  }

  /**
   * @param usual for requests that ask for no limit
   */
  public static int of(Optional<String> limit, int usual) {
    return limit.map(PageLimit::of).orElse(usual);
  }

  private static int of(String text) {
    if (!text.matches("[1-9]\\d*")) {
      throw Problem.of(
              ProblemType.MALFORMED_REQUEST,
              "limit must be a whole number; more than " + MOST + " is cut to that.")
          .found();
    }
    return text.length() > DIGITS ? MOST : Math.min(Integer.parseInt(text), MOST);
  }
}
