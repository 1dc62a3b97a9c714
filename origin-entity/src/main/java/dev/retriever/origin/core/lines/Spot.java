package dev.retriever.origin.core.lines;

import dev.retriever.origin.QueueChoice;
import java.util.Comparator;
import java.util.Optional;

/**
 * A key and a priority: where a fetch stands in its queue. Immutable.
 *
 * @param key empty for the origin's own
 * @param priority 1, the highest, to {@link QueueChoice#LOWEST}
 */
public record Spot(Optional<String> key, int priority) implements Comparable<Spot> {
  private static final Comparator<Spot> ORDER =
      Comparator.comparing((Spot spot) -> spot.key().isPresent())
          .thenComparing(spot -> spot.key().orElse(""))
          .thenComparing(Spot::priority);

  public static Spot of(QueueChoice choice) {
    return new Spot(choice.key(), choice.priority());
  }

  @Override
  public int compareTo(Spot other) {
    return ORDER.compare(this, other);
  }
}
