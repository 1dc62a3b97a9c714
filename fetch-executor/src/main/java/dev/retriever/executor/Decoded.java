package dev.retriever.executor;

import java.util.Optional;
import java.util.function.Function;

/** A body without its content codings, or why there is none. Immutable. */
public sealed interface Decoded {
  /**
   * As many times its size a body may grow; up to {@link #FREE_GROWTH} bytes it may grow as it
   * likes. Text grows some tenfold, what is made to exhaust memory a thousandfold.
   */
  int MOST_GROWTH = 100;

  /** Bytes that a body may have whatever it was before. */
  int FREE_GROWTH = 64 * 1024;

  /** What one of these makes of it. */
  <R> R fold(Function<? super Body, ? extends R> plain, Function<? super String, ? extends R> not);

  /** The body, if it could be decoded. */
  default Optional<Body> body() {
    return fold(Optional::of, reason -> Optional.empty());
  }

  /** It could. */
  record Plain(Body decoded) implements Decoded {
    @Override
    public <R> R fold(
        Function<? super Body, ? extends R> plain, Function<? super String, ? extends R> not) {
      return plain.apply(decoded);
    }
  }

  /**
   * It could not.
   *
   * @param reason a sentence for people, with what to do; nothing of the body is in it
   */
  record Undecodable(String reason) implements Decoded {
    @Override
    public <R> R fold(
        Function<? super Body, ? extends R> plain, Function<? super String, ? extends R> not) {
      return not.apply(reason);
    }
  }
}
