package dev.retriever.origin.callback;

import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.origin.callback.Callback.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Endpoints that the test makes. */
public final class EndpointsFixture implements Endpoints {
  public static final String URL = "https://shop.example/hook";

  private final Map<String, Long> generations = new HashMap<>();
  private final Map<CallbackChoice, EndpointStanding> standings = new HashMap<>();

  /** Those that have said that they are gone. */
  public final List<CallbackChoice> gone = new ArrayList<>();

  public boolean known = true;

  public static EndpointSettings settings(Payload payload, String... events) {
    return new EndpointSettings(
        URL,
        List.of("key-1"),
        Algorithm.V1,
        Set.of(events),
        payload,
        List.of(Duration.ZERO, Duration.ofSeconds(5), Duration.ofMinutes(5)),
        Duration.ofSeconds(20),
        List.of(),
        Optional.empty());
  }

  public static EndpointSettings settings(Payload payload) {
    return settings(payload, EndpointSettings.EVENTS.toArray(String[]::new));
  }

  public void put(String name, long generation, EndpointStanding standing) {
    generations.put(name, generation);
    standings.put(CallbackChoice.of(name).of(generation), standing);
  }

  public void open(String name, long generation, EndpointSettings settings) {
    put(name, generation, new EndpointStanding.Open(settings));
  }

  public void remove(String name) {
    generations.remove(name);
  }

  @Override
  public boolean areKnown() {
    return known;
  }

  @Override
  public OptionalLong generation(String tenant, String endpoint) {
    var generation = generations.get(endpoint);
    return generation == null ? OptionalLong.empty() : OptionalLong.of(generation);
  }

  @Override
  public EndpointStanding standing(String tenant, CallbackChoice choice) {
    return standings.getOrDefault(
        CallbackChoice.of(choice.endpoint()).of(choice.generation()),
        new EndpointStanding.Unheard());
  }

  @Override
  public void gone(String tenant, CallbackChoice choice) {
    gone.add(choice);
  }
}
