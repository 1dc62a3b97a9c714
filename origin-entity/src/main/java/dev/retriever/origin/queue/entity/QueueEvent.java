package dev.retriever.origin.queue.entity;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.origin.Serialized;
import dev.retriever.origin.queue.core.BreakerChange;
import dev.retriever.origin.queue.core.KeyId;
import dev.retriever.origin.queue.rows.QueueRows;
import java.time.Instant;
import java.util.Optional;

/**
 * An event that a queue journals: its settings, and what an operator or a target did to it. What
 * waits and runs is in rows of the database instead. Class and component names are the on-disk
 * format: to rename one takes a migration. Each event applies itself to the state. Immutable.
 */
sealed interface QueueEvent extends Serialized {
  /** When the queue decided it, by the clock of its node. */
  Instant at();

  /** The state after this event. Its row is counted by {@link QueueState#after}. */
  QueueState applyTo(QueueState state);

  /** What is written into the table of queues with this event. */
  default Optional<QueueRows.Listed> listed(String queue) {
    return Optional.empty();
  }

  /**
   * The queue has these settings.
   *
   * @param settings as {@link SettingsJson} writes them
   * @param version one more than that of the settings before
   */
  record Configured(String settings, long version, Instant at) implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      return state.configured(SettingsJson.read(settings), version);
    }

    @Override
    public Optional<QueueRows.Listed> listed(String queue) {
      return Optional.of(new QueueRows.Listed(queue, version, Optional.of(settings)));
    }
  }

  /** An incarnation begins. The number of its row is the epoch. */
  record Incarnated(Instant at) implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      return state.incarnated();
    }
  }

  /** Nothing begins until then, or until it is resumed. */
  record Paused(
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> until,
      String reason,
      Instant at)
      implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      return state.paused(Optional.of(new Stoppage(until, reason)));
    }
  }

  /** A pause and a drain are over. */
  record Resumed(Instant at) implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      return state.paused(Optional.empty()).draining(false);
    }
  }

  /** New fetches are refused. */
  record Draining(Instant at) implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      return state.draining(true);
    }
  }

  /**
   * A target, or an operator, asked to wait.
   *
   * @param key of a hold of a key; empty for one of the queue
   * @param because the fetch whose answer asked, or the operator's reason
   */
  record Held(
      Instant until,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<KeyId> key,
      String because,
      Instant at)
      implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      var hold = new Stoppage(Optional.of(until), because);
      return key.map(it -> state.keyHeld(it, hold, at))
          .orElseGet(() -> state.held(Optional.of(hold)));
    }
  }

  /** All holds are over. */
  record Released(Instant at) implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      return state.released();
    }
  }

  /**
   * What was accepted before then is to be cancelled.
   *
   * @param mark the number of the purge: the row of this event
   */
  record PurgeMarked(
      long mark,
      Instant before,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> key,
      Instant at)
      implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      return state.purging(new QueueState.Mark(mark, before, key, false));
    }
  }

  /** All origins have carried out the purge. */
  record PurgeDone(long mark, Instant at) implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      return state.purged(mark);
    }
  }

  /** The queue has no settings any more. Its journal stays, so that epochs go on. */
  record Removed(long version, Instant at) implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      return state.removed(version);
    }

    @Override
    public Optional<QueueRows.Listed> listed(String queue) {
      return Optional.of(new QueueRows.Listed(queue, version, Optional.empty()));
    }
  }

  /** The breaker is like this from now on. */
  record BreakerChanged(BreakerChange change, Instant at) implements QueueEvent {
    @Override
    public QueueState applyTo(QueueState state) {
      return state.breaker(change, at);
    }
  }

  /** Why nothing begins, and until when if not for good. */
  record Stoppage(Optional<Instant> until, String because) {
    /** Whether it applies at that time. */
    boolean appliesAt(Instant now) {
      return until.map(now::isBefore).orElse(true);
    }
  }
}
