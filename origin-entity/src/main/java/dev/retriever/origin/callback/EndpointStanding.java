package dev.retriever.origin.callback;

import java.util.function.Function;
import java.util.function.Supplier;

/** An endpoint of one generation, as a node knows it at one moment. Immutable. */
public sealed interface EndpointStanding {
  /** The result of the function for this standing. */
  <R> R fold(Function<EndpointSettings, R> open, Function<String, R> gone, Supplier<R> unheard);

  /** It takes callbacks. */
  record Open(EndpointSettings settings) implements EndpointStanding {
    @Override
    public <R> R fold(
        Function<EndpointSettings, R> open, Function<String, R> gone, Supplier<R> unheard) {
      return open.apply(settings);
    }
  }

  /**
   * It takes no callbacks any more.
   *
   * @param reason the one with which its callbacks fail
   */
  record Gone(String reason) implements EndpointStanding {
    @Override
    public <R> R fold(
        Function<EndpointSettings, R> open, Function<String, R> gone, Supplier<R> unheard) {
      return gone.apply(reason);
    }
  }

  /** This node has not heard of it yet. Its callbacks wait. */
  record Unheard() implements EndpointStanding {
    @Override
    public <R> R fold(
        Function<EndpointSettings, R> open, Function<String, R> gone, Supplier<R> unheard) {
      return unheard.get();
    }
  }
}
