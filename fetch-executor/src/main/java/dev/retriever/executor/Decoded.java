package dev.retriever.executor;

import java.util.Optional;
import java.util.function.Function;

/** A decoded body, or the reason why it cannot be decoded. Immutable. */
public sealed interface Decoded {
  /**
   * The most that a body may grow, as a factor; up to {@link #FREE_GROWTH} bytes there is no limit.
   * Text grows about tenfold. A body that is made to exhaust memory grows a thousandfold.
   */
  int MOST_GROWTH = 100;

  /** The size up to which {@link #MOST_GROWTH} does not apply, in bytes. */
  int FREE_GROWTH = 64 * 1024;

  /** Applies the function for this case. */
  <R> R fold(Function<? super Body, ? extends R> plain, Function<? super String, ? extends R> not);

  /** The body, if it could be decoded. */
  default Optional<Body> body() {
    return fold(Optional::of, reason -> Optional.empty());
  }

  /** The body was decoded. */
  record Plain(Body decoded) implements Decoded {
    @Override
    public <R> R fold(
        Function<? super Body, ? extends R> plain, Function<? super String, ? extends R> not) {
      return plain.apply(decoded);
    }
  }

  /**
   * The body cannot be decoded.
   *
   * @param reason a sentence for people that says what to do; it shows nothing of the body
   */
  record Undecodable(String reason) implements Decoded {
    @Override
    public <R> R fold(
        Function<? super Body, ? extends R> plain, Function<? super String, ? extends R> not) {
      return not.apply(reason);
    }
  }
}
