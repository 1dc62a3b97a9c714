package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.core.Now;
import dev.retriever.origin.queue.core.OriginId;
import dev.retriever.origin.queue.entity.QueueDirectory.Settled;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import dev.retriever.origin.queue.wire.OriginMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One turn of a queue while it is decided: what it is decided from, what is to be journaled, and
 * what follows when that is durable. Not thread-safe.
 */
final class QueueTurn {
  private final Moment moment;
  private final List<QueueEvent> events = new ArrayList<>();
  private final List<QueueEffect> effects = new ArrayList<>();
  private QueueState state;

  QueueTurn(QueueState state, Moment moment) {
    this.state = state;
    this.moment = moment;
  }

  /**
   * What a turn is decided from beside the state.
   *
   * @param random any number
   */
  record Moment(Now now, long random, Listed listed) {}

  /**
   * What the table of queues says.
   *
   * @param template the settings that the queue has without settings of its own
   * @param isUsed whether the queue is a template, and queues of it have rows
   * @param gate which fetches nodes refuse
   */
  record Listed(Optional<Settled> template, boolean isUsed, Gate gate) {}

  /** The state after the events of this turn. */
  QueueState state() {
    return state;
  }

  Now now() {
    return moment.now();
  }

  long micros() {
    return moment.now().micros();
  }

  /** The moment after that time, by the monotonic clock. */
  long in(Duration time) {
    return micros() + TimeUnit.NANOSECONDS.toMicros(time.toNanos());
  }

  long random() {
    return moment.random();
  }

  Listed listed() {
    return moment.listed();
  }

  /** The settings in force: its own, or else those of its template. */
  Optional<Settled> settled() {
    return state
        .settings()
        .map(own -> new Settled(own, state.version()))
        .or(() -> moment.listed().template());
  }

  /** The settings in force; the usual ones while there are none. */
  QueueSettings settings() {
    return settled().map(Settled::settings).orElse(QueueSettings.DEFAULT);
  }

  void journal(QueueEvent event) {
    state = state.after(event);
    events.add(event);
  }

  void then(QueueEffect effect) {
    effects.add(effect);
  }

  void send(OriginId to, OriginMessage message) {
    then(new QueueEffect.Send(to, message));
  }

  List<QueueEvent> events() {
    return events;
  }

  /** In the order in which they are to be carried out, after the events are durable. */
  List<QueueEffect> effects() {
    return effects;
  }
}
