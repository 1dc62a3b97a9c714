package dev.retriever.origin.callback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.regex.Pattern;

/**
 * The endpoint that is told the outcome of a fetch. Immutable; its components are persisted.
 *
 * @param endpoint its name, within the tenant of the fetch's origin: 1 to 64 of {@code A-Z a-z 0-9
 *     . _ -}, not beginning with a dot
 * @param generation which of the endpoints that had that name; 0 until the fetch is accepted
 * @param hops how many callbacks led to the submission of this fetch, as its {@code Retriever-Hop}
 *     said; 0 for none
 */
public record CallbackChoice(
    String endpoint,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long generation,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int hops) {
  /** A submission that says so many hops, or more, is refused: it is a loop. */
  public static final int MOST_HOPS = 3;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");

  /**
   * @throws IllegalArgumentException if that cannot be the name of an endpoint
   */
  public CallbackChoice {
    if (!isName(endpoint)) {
      throw new IllegalArgumentException(
          "the name of a callback endpoint must be 1 to 64 of A-Z a-z 0-9 . _ -, and not begin with"
              + " a dot");
    }
  }

  /** That endpoint, as it is when the fetch is accepted. */
  public static CallbackChoice of(String endpoint) {
    return new CallbackChoice(endpoint, 0, 0);
  }

  /** Whether an endpoint may have that name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The same, of that generation. */
  public CallbackChoice of(long newGeneration) {
    return new CallbackChoice(endpoint, newGeneration, hops);
  }

  /** The same, after so many hops. */
  public CallbackChoice after(int newHops) {
    return new CallbackChoice(endpoint, generation, newHops);
  }
}
