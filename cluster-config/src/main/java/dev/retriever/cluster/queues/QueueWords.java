package dev.retriever.cluster.queues;

import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.Problem;
import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueSettings.Bad;
import dev.retriever.origin.queue.QueueSettings.Lost;
import dev.retriever.origin.queue.QueueSettings.Order;
import dev.retriever.origin.queue.QueueSettings.RetryAfterScope;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The words of queues as the API has them: names of constants in lower case, with hyphens. */
final class QueueWords {
  private static final String STATUS = "status-";

  private QueueWords() {}

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** An end by its status is said by the status alone: {@code 5xx}, {@code 429}. */
  static String word(Bad bad) {
    return word((Enum<?>) bad).replaceFirst("^" + STATUS, "");
  }

  static Optional<Order> order(JsonFields fields, String name) {
    return constant(fields, name, Order.values());
  }

  static Optional<Lost> lost(JsonFields fields, String name) {
    return constant(fields, name, Lost.values());
  }

  static Optional<RetryAfterScope> scope(JsonFields fields, String name) {
    return constant(fields, name, RetryAfterScope.values());
  }

  static Optional<BreakerMode> mode(JsonFields fields, String name) {
    return constant(fields, name, BreakerMode.values());
  }

  private static <E extends Enum<E>> Optional<E> constant(
      JsonFields fields, String name, E[] constants) {
    return fields
        .text(name)
        .map(
            text ->
                Arrays.stream(constants)
                    .filter(it -> word(it).equals(text))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            oneOf(
                                fields.at(name),
                                Arrays.stream(constants).map(QueueWords::word).toList())));
  }

  /**
   * @throws Problem.Found if it is none
   */
  static Bad bad(String pointer, String text) {
    return Arrays.stream(Bad.values())
        .filter(it -> word(it).equals(text))
        .findFirst()
        .orElseThrow(
            () -> oneOf(pointer, Arrays.stream(Bad.values()).map(QueueWords::word).toList()));
  }

  private static Problem.Found oneOf(String pointer, List<String> words) {
    return JsonFields.invalid(pointer, "must be one of " + words);
  }
}
