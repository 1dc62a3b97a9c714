package dev.retriever.origin.queued;

import dev.retriever.origin.Attempt;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.queue.wire.Heard;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What one origin has to tell its queues, repeated until it is heard. Belongs to one actor. */
final class QueueTalks {
  private final QueuedOrigin origin;
  private final Consumer<Told> to;
  private final Map<String, QueueTalk> talks = new TreeMap<>();

  /** Of the last message. Those of an earlier incarnation are smaller, as its clock was behind. */
  private long telling;

  /** Where those of this incarnation begin. */
  private final long before;

  QueueTalks(QueuedOrigin origin, Consumer<Told> to, Instant begun) {
    this.origin = origin;
    this.to = to;
    this.before = ChronoUnit.MICROS.between(Instant.EPOCH, begun);
    this.telling = before;
  }

  QueueTalk with(String queue) {
    return talks.computeIfAbsent(queue, name -> new QueueTalk());
  }

  /** Something has changed in that queue: tells it everything. */
  void news(String queue, OriginState state, Instant now) {
    with(queue).news();
    tell(queue, state, now);
  }

  private void tell(String queue, OriginState state, Instant now) {
    var talk = with(queue);
    telling++;
    to.accept(
        new Told(
            queue,
            origin.type(),
            origin.id(),
            origin.tenant(),
            state.row(),
            telling,
            lines(queue, state, now),
            uses(queue, state),
            held(queue, state),
            talk.ends(),
            talk.returns(),
            talk.purged()));
    talk.told(telling, now);
  }

  private List<Line> lines(String queue, OriginState state, Instant now) {
    return state.lines().of(queue).lines().entrySet().stream()
        .map(line -> origin.line(line.getKey(), line.getValue(), now))
        .toList();
  }

  List<Told.Use> uses(String queue, OriginState state) {
    return state.lines().of(queue).running().keySet().stream()
        .map(order -> state.pending().get(order))
        .flatMap(fetch -> fetch.open().stream().flatMap(open -> use(fetch, open)))
        .toList();
  }

  private List<Told.Held> held(String queue, OriginState state) {
    return state.lines().of(queue).holders().entrySet().stream()
        .map(it -> new Told.Held(origin.key(it.getKey()), state.pending().get(it.getValue()).id()))
        .toList();
  }

  private Stream<Told.Use> use(PendingFetch fetch, Attempt open) {
    var timeUp = open.startedAt().plus(fetch.spec().timeoutAt(open.startedAt(), fetch.deadline()));
    var key = origin.key(fetch.spec().queue().orElseThrow());
    return open.lease().stream()
        .filter(lease -> !lease.isPass())
        .map(lease -> new Told.Use(lease, key, fetch.id(), open.number(), timeUp));
  }

  void heard(Heard heard, OriginState state, Instant now) {
    if (heard.telling() <= before || heard.telling() > telling) {
      // An earlier incarnation's message was heard late. What it said may be over since.
      news(heard.queue(), state, now);
      return;
    }
    var talk = Optional.ofNullable(talks.get(heard.queue()));
    if (talk.filter(it -> it.heard(heard.telling())).isPresent()) {
      tell(heard.queue(), state, now);
    }
    talk.filter(QueueTalk::isQuiet)
        .filter(it -> !state.lines().shares().containsKey(heard.queue()))
        .ifPresent(it -> talks.remove(heard.queue()));
  }

  /** Tells again what is due to be told again. */
  void repeat(OriginState state, Instant now) {
    for (var queue : List.copyOf(talks.keySet())) {
      if (talks.get(queue).again().filter(at -> !at.isAfter(now)).isPresent()) {
        tell(queue, state, now);
      }
    }
  }

  /** When something is to be told again. */
  Optional<Instant> again() {
    return talks.values().stream().flatMap(talk -> talk.again().stream()).min(Instant::compareTo);
  }

  boolean isQuiet() {
    return talks.values().stream().allMatch(QueueTalk::isQuiet);
  }
}
