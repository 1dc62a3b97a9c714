package dev.retriever.origin.callback;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Signing;
import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.executor.WebhookSigner;
import dev.retriever.origin.callback.Callback.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The settings of an endpoint. URL, keys and headers are read at each attempt of a callback;
 * payload, schedule, timeout and queue when a fetch settles. All bounds are inclusive. Immutable;
 * its components are persisted.
 *
 * @param url as of any {@link FetchRequest}
 * @param keys the names of the secrets that sign, 1 or 2; two during a rotation
 * @param algorithm of all keys
 * @param events the types of outcomes that are told; not empty
 * @param payload what bodies have
 * @param schedule the waits before each attempt, 1 to {@link #MOST_ATTEMPTS}, together at most
 *     {@link #LONGEST}; the first one is none
 * @param timeout for one attempt, 1 s to 60 s
 * @param headers sent with each callback, at most {@link #MOST_HEADERS}; values may be secrets
 * @param queue that its callbacks wait in; empty for none
 */
public record EndpointSettings(
    String url,
    List<String> keys,
    Algorithm algorithm,
    Set<String> events,
    Payload payload,
    List<Duration> schedule,
    Duration timeout,
    List<Header> headers,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> queue) {
  /** The types of outcomes. */
  public static final Set<String> EVENTS = Set.of("answered", "failed", "unknown", "cancelled");

  /** The schedule that Standard Webhooks recommends: ten attempts in 75 hours. */
  public static final List<Duration> SCHEDULE =
      List.of(
          Duration.ZERO,
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(14),
          Duration.ofHours(20),
          Duration.ofHours(24));

  /** The {@code timeout} of an endpoint that does not say another. */
  public static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Most attempts of a schedule. */
  public static final int MOST_ATTEMPTS = 30;

  /** Most headers of an endpoint. */
  public static final int MOST_HEADERS = 16;

  /** Longest sum of a schedule. */
  public static final Duration LONGEST = Duration.ofDays(20);

  private static final Header JSON = new Header("Content-Type", "application/json");
  private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(60);
  private static final Set<String> NOT_ALLOWED =
      Set.of("content-type", "retriever-hop", "idempotency-key");

  /**
   * What older code wrote has no algorithm, and is signed by {@link Algorithm#V1}.
   *
   * @throws InvalidEndpoint naming the setting and its rule
   */
  public EndpointSettings {
    keys = List.copyOf(keys);
    if (keys.isEmpty() || keys.size() > Signing.MOST_KEYS) {
      throw new InvalidEndpoint(
          "/keys", "must name 1 or 2 secrets: the current key, and another during a rotation");
    }
    if (Set.copyOf(keys).size() < keys.size()) {
      throw new InvalidEndpoint("/keys", "must not name a secret twice");
    }
    algorithm = algorithm == null ? Algorithm.V1 : algorithm;
    events = Set.copyOf(events);
    if (events.isEmpty() || !EVENTS.containsAll(events)) {
      throw new InvalidEndpoint("/events", "must be some of " + new TreeSet<>(EVENTS));
    }
    schedule = List.copyOf(schedule);
    checkSchedule(schedule);
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      throw new InvalidEndpoint("/timeout", "must be 1s to 60s");
    }
    headers = List.copyOf(headers);
    checkHeaders(headers);
    queue = queue == null ? Optional.empty() : queue;
    request(url, headers, keys);
  }

  private static void checkSchedule(List<Duration> schedule) {
    if (schedule.isEmpty() || schedule.size() > MOST_ATTEMPTS) {
      throw new InvalidEndpoint("/schedule", "must have 1 to " + MOST_ATTEMPTS + " waits");
    }
    if (!schedule.get(0).isZero() || schedule.stream().anyMatch(Duration::isNegative)) {
      throw new InvalidEndpoint("/schedule", "must begin with 0s, and have no negative wait");
    }
    if (schedule.stream().anyMatch(wait -> wait.compareTo(LONGEST) > 0)
        || schedule.stream().reduce(Duration.ZERO, Duration::plus).compareTo(LONGEST) > 0) {
      throw new InvalidEndpoint("/schedule", "must take 20 days at most, together");
    }
  }

  private static void checkHeaders(List<Header> headers) {
    if (headers.size() > MOST_HEADERS) {
      throw new InvalidEndpoint("/headers", "must be at most " + MOST_HEADERS);
    }
    for (var header : headers) {
      if (WebhookSigner.isOwnHeader(header.name())
          || NOT_ALLOWED.stream().anyMatch(header::named)) {
        throw new InvalidEndpoint(
            "/headers/" + header.name(), "must be left out: callbacks have their own");
      }
    }
  }

  /** The request of an attempt, without its body. */
  private static FetchRequest request(String url, List<Header> headers, List<String> keys) {
    var all = Stream.concat(headers.stream(), Stream.of(JSON)).toList();
    try {
      // Without an id: this only checks them.
      new Signing("msg", keys, Algorithm.V1);
      return new FetchRequest("POST", url, all, Optional.empty(), Optional.empty());
    } catch (InvalidRequest e) {
      throw new InvalidEndpoint(e.pointer(), "is wrong: " + e.getMessage());
    }
  }

  /** The request of an attempt, without its body, and not signed yet. */
  public FetchRequest request(CallbackChoice to) {
    return request(url, headers, keys).header("Retriever-Hop", Integer.toString(to.hops() + 1));
  }

  /** How an attempt of the callback of that id is signed. */
  public Signing signing(String webhookId) {
    return new Signing(webhookId, keys, algorithm);
  }

  /** Whether outcomes of that type are told. */
  public boolean tells(String outcome) {
    return events.contains(outcome);
  }

  /** Shows the URL without its query, and names of keys, so it is safe to log. */
  @Override
  public String toString() {
    return FetchRequest.post(url) + " signed with " + keys + " for " + events;
  }
}
