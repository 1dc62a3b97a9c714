package dev.retriever.cluster.queues;

import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.Problem;
import dev.retriever.origin.queue.InvalidQueue;
import java.util.function.Supplier;

/** Settings that break their own rules, as the problem of a caller that sent them. */
final class OutOfRange {
  private OutOfRange() {}

  /**
   * @throws Problem.Found naming the field and its range, if the settings refuse it
   */
  static <T> T named(Supplier<T> read) {
    try {
      return read.get();
    } catch (InvalidQueue e) {
      // The message begins with the name of the field, which the pointer has.
      var name = e.pointer().substring(e.pointer().lastIndexOf('/') + 1);
      throw JsonFields.invalid(e.pointer(), e.getMessage().substring(name.length()).strip());
    }
  }
}
