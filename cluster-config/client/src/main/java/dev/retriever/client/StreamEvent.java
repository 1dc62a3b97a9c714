package dev.retriever.client;

import java.util.function.Function;

/** What a stream of outcomes tells. Immutable. */
public sealed interface StreamEvent {
  /** A fetch has settled. Its body may be left out: see {@link HttpAnswer#bodyOmitted}. */
  record Settled(String id, ShownFetch fetch) implements StreamEvent {
    @Override
    public <R> R fold(Function<Settled, R> settled, Function<Gap, R> gap) {
      return settled.apply(this);
    }
  }

  /** Outcomes from one id to the other, both included, are no longer kept. */
  record Gap(String id, String from, String to) implements StreamEvent {
    @Override
    public <R> R fold(Function<Settled, R> settled, Function<Gap, R> gap) {
      return gap.apply(this);
    }
  }

  /** To go on from: keep it when you have dealt with the event. */
  String id();

  /** Calls the function for this kind of event, and gives its result. */
  <R> R fold(Function<Settled, R> settled, Function<Gap, R> gap);
}
