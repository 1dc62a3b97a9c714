package dev.retriever.origin.core.lines;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The fetches of one spot that wait, at least one. Immutable; a change takes time logarithmic in
 * their number.
 *
 * @param standing by order
 * @param ready when each may begin
 * @param ends the deadline of each
 */
public record SpotLine(
    Standing standing, PSortedMap<Moment, Boolean> ready, PSortedMap<Moment, Boolean> ends) {
  private static final SpotLine NONE = new SpotLine(null, moments(), moments());

  private record Moment(Instant at, long order) implements Comparable<Moment> {
    private static final Comparator<Moment> ORDER =
        Comparator.comparing(Moment::at).thenComparing(Moment::order);

    @Override
    public int compareTo(Moment other) {
      return ORDER.compare(this, other);
    }
  }

  private static PSortedMap<Moment, Boolean> moments() {
    return TreePMap.empty(Comparator.<Moment>naturalOrder());
  }

  static SpotLine none() {
    return NONE;
  }

  SpotLine plus(InLine fetch) {
    var others = minus(fetch.order());
    return new SpotLine(
        Standing.plus(others.standing, fetch),
        others.ready.plus(new Moment(fetch.readyAt(), fetch.order()), true),
        others.ends.plus(new Moment(fetch.deadline(), fetch.order()), true));
  }

  SpotLine minus(long order) {
    return get(order)
        .map(
            fetch ->
                new SpotLine(
                    Standing.minus(standing, order),
                    ready.minus(new Moment(fetch.readyAt(), order)),
                    ends.minus(new Moment(fetch.deadline(), order))))
        .orElse(this);
  }

  /** The fetch of that order, if it waits here. */
  public Optional<InLine> get(long order) {
    return Standing.get(standing, order);
  }

  boolean isEmpty() {
    return standing == null;
  }

  /** How many wait. */
  public int size() {
    return ready.size();
  }

  /** How many of them may begin now. */
  public int ready(Instant now) {
    // Whose deadline has passed may not begin any more, and was ready before.
    return Math.max(0, upTo(ready, now).size() - upTo(ends, now).size());
  }

  private static PSortedMap<Moment, Boolean> upTo(PSortedMap<Moment, Boolean> all, Instant now) {
    return all.headMap(new Moment(now, Long.MAX_VALUE), true);
  }

  /** When the one that was accepted first was accepted. */
  public Instant oldest() {
    return standing.first().acceptedAt();
  }

  /** When the first of them may begin. */
  public Instant readyAt() {
    return ready.firstKey().at();
  }

  /** When another one may begin that may not begin now. */
  public Optional<Instant> readyAfter(Instant now) {
    var later = ready.tailMap(new Moment(now, Long.MAX_VALUE), false);
    return later.isEmpty() ? Optional.empty() : Optional.of(later.firstKey().at());
  }

  /** The earliest deadline. */
  public Instant deadline() {
    return ends.firstKey().at();
  }

  /** The one that was accepted first of those that may begin now. */
  Optional<InLine> next(Instant now) {
    return Standing.firstThatMayBegin(standing, now);
  }
}
