package dev.retriever.client;

import java.util.function.Function;

/** What a stream of outcomes tells. Immutable. */
public sealed interface StreamEvent {
  /** A fetch has settled. Its body may be left out: see {@link HttpAnswer#bodyOmitted}. */
  record Settled(String id, ShownFetch fetch) implements StreamEvent {
    @Override
    public <R> R fold(
        Function<Settled, R> settled, Function<Gap, R> gap, Function<Reset, R> reset) {
      return settled.apply(this);
    }
  }

  /** Outcomes from one number to the other, both included, are no longer kept. */
  record Gap(String id, String from, String to) implements StreamEvent {
    @Override
    public <R> R fold(
        Function<Settled, R> settled, Function<Gap, R> gap, Function<Reset, R> reset) {
      return gap.apply(this);
    }
  }

  /**
   * The origin was forgotten since the id that the stream went on from, and counts anew. All that
   * is kept follows.
   */
  record Reset(String id) implements StreamEvent {
    @Override
    public <R> R fold(
        Function<Settled, R> settled, Function<Gap, R> gap, Function<Reset, R> reset) {
      return reset.apply(this);
    }
  }

  /** To go on from: keep it when you have dealt with the event. */
  String id();

  /** Calls the function for this kind of event, and gives its result. */
  <R> R fold(Function<Settled, R> settled, Function<Gap, R> gap, Function<Reset, R> reset);
}
