package dev.retriever.cluster.callbacks;

import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.cluster.callbacks.rows.EndpointStore;
import dev.retriever.cluster.callbacks.rows.StoredEndpoint;
import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.EndpointStanding;
import dev.retriever.origin.callback.Endpoints;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one node knows of the endpoints, as of the last time it read their table. While the table
 * cannot be read, the last knowledge stands. Thread-safe.
 */
public final class EndpointDirectory implements Endpoints {
  /** How often each node reads the table. */
  public static final Duration EVERY = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(EndpointDirectory.class);

  private final EndpointStore store;
  private final Executor threads;
  private final Clock clock;
  private volatile Optional<Map<EndpointKey, StoredEndpoint>> known = Optional.empty();
  private volatile boolean away;

  /** The versions of those that cannot be read, each of which is logged once. */
  private volatile Map<EndpointKey, Long> unreadable = Map.of();

  /**
   * @param threads may wait for the database
   */
  EndpointDirectory(EndpointStore store, Executor threads, Clock clock) {
    this.store = store;
    this.threads = threads;
    this.clock = clock;
  }

  /** One that reads the table at intervals from now on, until the system stops. */
  public static EndpointDirectory start(ActorSystem<?> system, EndpointStore store, Clock clock) {
    var threads = system.dispatchers().lookup(DispatcherSelector.blocking());
    var directory = new EndpointDirectory(store, threads, clock);
    var reading =
        system.scheduler().scheduleWithFixedDelay(Duration.ZERO, EVERY, directory::read, threads);
    LastTasks.run(
        system,
        "close-callback-endpoints",
        () -> {
          reading.cancel();
          store.close();
        });
    return directory;
  }

  /** Reads the table now. Never fails. */
  void read() {
    try {
      var all = store.all();
      known =
          Optional.of(
              all.stream()
                  .filter(StoredEndpoint::isReadable)
                  .collect(Collectors.toUnmodifiableMap(StoredEndpoint::key, Function.identity())));
      tell(all.stream().filter(it -> !it.isReadable()).toList());
      away = false;
    } catch (SQLException | RuntimeException e) {
      if (!away) {
        away = true;
        LOG.warn(
            "The table of callback endpoints cannot be read; what was read before stands: {}",
            e.toString());
      }
    }
  }

  private void tell(List<StoredEndpoint> unread) {
    var told = unreadable;
    unreadable =
        unread.stream()
            .collect(Collectors.toUnmodifiableMap(StoredEndpoint::key, StoredEndpoint::version));
    unread.stream()
        .filter(it -> !Long.valueOf(it.version()).equals(told.get(it.key())))
        .forEach(
            it ->
                LOG.error(
                    "Callback endpoint {} of tenant {}: this node cannot read its settings, of"
                        + " version {}. Its callbacks wait; put them again, or finish the upgrade",
                    it.key().name(),
                    it.key().tenant(),
                    it.version()));
  }

  private Optional<StoredEndpoint> find(String tenant, String name) {
    return known.map(all -> all.get(new EndpointKey(tenant, name)));
  }

  @Override
  public boolean areKnown() {
    return known.isPresent();
  }

  @Override
  public OptionalLong generation(String tenant, String endpoint) {
    return find(tenant, endpoint).filter(it -> it.settings().isPresent()).stream()
        .mapToLong(StoredEndpoint::generation)
        .findAny();
  }

  @Override
  public EndpointStanding standing(String tenant, CallbackChoice choice) {
    return find(tenant, choice.endpoint())
        .filter(it -> it.generation() >= choice.generation())
        .map(it -> standing(it, choice.generation()))
        .orElseGet(EndpointStanding.Unheard::new);
  }

  private static EndpointStanding standing(StoredEndpoint endpoint, long generation) {
    // Without a generation it was accepted by a node that had not heard of endpoints yet.
    var isFormer = generation != 0 && endpoint.generation() > generation;
    if (endpoint.settings().isEmpty() || isFormer) {
      return new EndpointStanding.Gone(NO_SUCH_ENDPOINT);
    }
    return endpoint.disabledAt().isPresent()
        ? new EndpointStanding.Gone(DISABLED)
        : new EndpointStanding.Open(endpoint.settings().get());
  }

  @Override
  public void gone(String tenant, CallbackChoice choice) {
    threads.execute(() -> disable(tenant, choice));
  }

  private void disable(String tenant, CallbackChoice choice) {
    var key = new EndpointKey(tenant, choice.endpoint());
    try {
      store.disable(key, choice.generation(), clock.instant());
      LOG.warn(
          "Callback endpoint {} of tenant {} has answered 410 and is disabled; put it again to"
              + " enable it",
          choice.endpoint(),
          tenant);
      read();
    } catch (SQLException | RuntimeException e) {
      LOG.warn(
          "Callback endpoint {} has answered 410 and was not disabled; the next 410 does it: {}",
          choice.endpoint(),
          e.toString());
    }
  }
}
