package dev.retriever.cluster.outcomes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Outcomes as JSON, for subscribers that get the same outcome at about the same time. Each is read
 * and written as JSON once for all of them. The least recently used leave first. Thread-safe.
 */
final class OutcomeTexts {
  private record Key(Object origin, EventId place) {}

  private final Map<Key, CompletableFuture<Optional<OutcomeText>>> texts =
      new LinkedHashMap<>(16, 0.75f, true);
  private final long limit;
  private long size;

  /**
   * @param limit of kept characters
   */
  OutcomeTexts(long limit) {
    this.limit = limit;
  }

  /**
   * The text of the outcome in that place, which never changes.
   *
   * @param origin tells it from every other origin, of other tenants too
   * @param make called when there is no text and none is being made
   */
  CompletionStage<Optional<OutcomeText>> text(
      Object origin, EventId place, Supplier<CompletionStage<Optional<OutcomeText>>> make) {
    var key = new Key(origin, place);
    var mine = new CompletableFuture<Optional<OutcomeText>>();
    synchronized (this) {
      var known = texts.putIfAbsent(key, mine);
      if (known != null) {
        return known;
      }
    }
    made(make)
        .whenComplete(
            (text, failure) -> {
              keep(key, failure == null ? text : Optional.empty());
              if (failure == null) {
                mine.complete(text);
              } else {
                mine.completeExceptionally(failure);
              }
            });
    return mine;
  }

  private static <T> CompletionStage<T> made(Supplier<CompletionStage<T>> make) {
    try {
      return make.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private synchronized void keep(Key key, Optional<OutcomeText> text) {
    if (text.isEmpty()) {
      texts.remove(key);
      return;
    }
    size += text.get().length();
    var oldest = texts.entrySet().iterator();
    while (size > limit && oldest.hasNext()) {
      var entry = oldest.next();
      if (entry.getKey().equals(key)) {
        size -= text.get().length();
        oldest.remove();
      } else if (entry.getValue().isDone()) {
        size -= entry.getValue().join().map(OutcomeText::length).orElse(0);
        oldest.remove();
      }
    }
  }

  synchronized long size() {
    return size;
  }
}
