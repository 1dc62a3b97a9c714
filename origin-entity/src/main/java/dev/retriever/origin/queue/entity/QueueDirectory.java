package dev.retriever.origin.queue.entity;

import dev.retriever.origin.Lease;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.rows.QueueRows.KeyOf;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import dev.retriever.origin.queue.rows.QueueStore.Listing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one node knows of all queues, as of the last time it read their table: their settings, and
 * which fetches they refuse. While the table cannot be read, the last knowledge stands.
 * Thread-safe.
 */
final class QueueDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(QueueDirectory.class);

  private final QueueStore store;
  private final int mostInstances;
  private final AtomicBoolean reading = new AtomicBoolean();
  private volatile Knowledge known = new Knowledge(false, Map.of(), Set.of());

  /**
   * @param mostInstances queues of templates that may have lines or slots
   */
  QueueDirectory(QueueStore store, int mostInstances) {
    this.store = store;
    this.mostInstances = mostInstances;
  }

  /**
   * @param isRead whether the table was read once
   * @param instances queues of templates that have rows
   */
  private record Knowledge(boolean isRead, Map<String, Entry> entries, Set<String> instances) {}

  private record Entry(long version, Optional<Settled> settings, Gate gate) {}

  /** The settings that a queue has, and their version. */
  record Settled(QueueSettings settings, long version) {}

  /** Reads the table again, unless that is under way. Never fails. */
  CompletionStage<Void> read() {
    if (!reading.compareAndSet(false, true)) {
      return CompletableFuture.completedFuture(null);
    }
    return store
        .listed()
        .thenCombine(store.names(), this::taken)
        .handle(
            (done, failure) -> {
              reading.set(false);
              if (failure != null) {
                LOG.warn(
                    "The table of queues cannot be read: {}; what was read before stands, and the"
                        + " next look tries again",
                    failure.toString());
              }
              return null;
            });
  }

  private Void taken(List<Listing> listed, List<String> names) {
    var before = known.entries();
    var entries = new HashMap<String, Entry>();
    for (var listing : listed) {
      entries.put(listing.queue(), entry(listing, before.get(listing.queue())));
    }
    var instances = new HashSet<String>();
    for (var name : names) {
      if (QueueChoice.templateOf(name).isPresent()) {
        instances.add(name);
      }
    }
    known = new Knowledge(true, Map.copyOf(entries), Set.copyOf(instances));
    return null;
  }

  /** Settings are read again only when their version is another. */
  private static Entry entry(Listing listing, Entry before) {
    var same = before != null && before.version() == listing.version();
    var settings =
        same && before.settings().isPresent() == listing.settings().isPresent()
            ? before.settings()
            : listing.settings().flatMap(text -> settled(listing, text));
    return new Entry(listing.version(), settings, listing.gate());
  }

  private static Optional<Settled> settled(Listing listing, String text) {
    try {
      return Optional.of(new Settled(SettingsJson.read(text), listing.version()));
    } catch (IllegalArgumentException e) {
      LOG.error(
          "Queue {}: its settings of version {} cannot be read, so it takes no fetches; configure it"
              + " again",
          listing.queue(),
          listing.version(),
          e);
      return Optional.empty();
    }
  }

  /** The settings of a queue or template itself, without those of its template. */
  Optional<Settled> own(String name) {
    return Optional.ofNullable(known.entries().get(name)).flatMap(Entry::settings);
  }

  /** The settings that the template of that queue gives it. */
  Optional<Settled> ofTemplate(String name) {
    return QueueChoice.templateOf(name).flatMap(this::own);
  }

  /** Whether queues of templates have rows. */
  boolean someInstances() {
    return !known.instances().isEmpty();
  }

  /** Which fetches of that queue are refused. */
  Gate gate(String name) {
    return Optional.ofNullable(known.entries().get(name)).map(Entry::gate).orElse(Gate.OPEN);
  }

  /** The pass of that queue, if it gives one. */
  Optional<Lease> pass(String name) {
    return Optional.of(gate(name))
        .filter(it -> it.pass() > 0)
        .map(it -> Lease.pass(name, it.pass()));
  }

  /** Whether the table was read since the start of this node. */
  boolean isRead() {
    return known.isRead();
  }

  /**
   * Why a new fetch may not wait there. {@code BUSY} when the table has not been read yet.
   *
   * @param tenant of the origin
   * @param ownKey the key of a fetch that does not name another
   */
  Optional<Verdict> refusal(String tenant, String ownKey, QueueChoice choice) {
    if (!known.isRead()) {
      return Optional.of(Verdict.BUSY);
    }
    var name = choice.name();
    if (name.equals(QueueChoice.HOST_TEMPLATE) || own(name).or(() -> ofTemplate(name)).isEmpty()) {
      return Optional.of(Verdict.NO_SUCH_QUEUE);
    }
    return Optional.ofNullable(known.entries().get(name))
        .flatMap(entry -> refusal(entry.gate(), tenant, choice.key().orElse(ownKey)))
        .or(() -> tooMany(name));
  }

  private static Optional<Verdict> refusal(Gate gate, String tenant, String key) {
    if (gate.draining()) {
      return Optional.of(Verdict.QUEUE_DRAINING);
    }
    return gate.full() || gate.fullKeys().contains(KeyOf.ofTenant(tenant, key))
        ? Optional.of(Verdict.QUEUE_FULL)
        : Optional.empty();
  }

  private Optional<Verdict> tooMany(String name) {
    var instances = known.instances();
    return QueueChoice.templateOf(name).isPresent()
            && instances.size() >= mostInstances
            && !instances.contains(name)
        ? Optional.of(Verdict.QUEUE_FULL)
        : Optional.empty();
  }

  /** In how many seconds a place of that queue may be free; empty when it is not full. */
  Optional<Integer> retryAfterSeconds(String name) {
    return Optional.ofNullable(known.entries().get(name))
        .map(entry -> entry.gate().retryAfterSeconds())
        .filter(seconds -> seconds > 0);
  }
}
