package dev.retriever.origin.simulation.callback;

import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.callback.Callback.Payload;
import dev.retriever.origin.callback.EndpointSettings;
import dev.retriever.origin.simulation.fault.RandomStreams;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which fetches tell their outcomes. By chances of their own, in every seventeenth seed: the others
 * find rare things as they are.
 */
public record CallbackPlan(long seed) {
  /** The name of the endpoint. */
  public static final String ENDPOINT = "hook";

  private static final double PART = 0.6;

  /** Most settings are short, so that runs end. */
  static EndpointSettings settings(Payload payload) {
    var waits = Collections.nCopies(12, Duration.ofSeconds(2));
    return new EndpointSettings(
        "https://target.example/hook",
        List.of("key"),
        Algorithm.V1,
        EndpointSettings.EVENTS,
        payload,
        Stream.concat(Stream.of(Duration.ZERO), waits.stream()).toList(),
        Duration.ofSeconds(5),
        List.of(),
        Optional.empty());
  }

  /** Whether outcomes are told in that run. */
  public boolean tells() {
    return seed % 17 == 3;
  }

  /** The same fetch, which may tell its outcome. */
  public FetchSpec placed(int number, FetchSpec spec) {
    return tells() && new RandomStreams(seed, "told " + number).happens(PART)
        ? spec.callback(ENDPOINT)
        : spec;
  }
}
