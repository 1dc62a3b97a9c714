package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.rows.QueueStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The statements of a queue: each kind at most once at a time, and again a second after it failed.
 * While one takes too long, or has failed and none has succeeded since, the database counts as
 * away. Not thread-safe.
 */
final class Statements {
  /** How long after a failure a statement is made again. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** For what is never due. */
  static final long NEVER = Long.MAX_VALUE;

  private final long timeoutMicros;
  private final List<Kind<?>> kinds = new ArrayList<>();
  private boolean failed;
  private boolean begun;

  Statements(Duration timeout) {
    this.timeoutMicros = TimeUnit.NANOSECONDS.toMicros(timeout.toNanos());
  }

  /** A kind that is not made before the incarnation has begun. */
  <R> Kind<R> kind() {
    return added(new Kind<>(false));
  }

  /** The kind that begins the incarnation. */
  <R> Kind<R> first() {
    return added(new Kind<>(true));
  }

  private <R> Kind<R> added(Kind<R> kind) {
    kinds.add(kind);
    return kind;
  }

  /** Whether the incarnation has begun. */
  void begun(boolean it) {
    begun = it;
  }

  boolean isAway(long micros) {
    return failed || kinds.stream().anyMatch(kind -> kind.isLate(micros));
  }

  /** When the next statement is due, or takes too long. */
  long next() {
    return kinds.stream().mapToLong(Kind::next).min().orElse(NEVER);
  }

  /** Statements of one kind. */
  final class Kind<R> {
    private final boolean isFirst;
    private boolean underWay;
    private boolean late;
    private long began;
    private long due = NEVER;

    private Kind(boolean isFirst) {
      this.isFirst = isFirst;
    }

    /** It is not due any more. */
    void rest() {
      due = NEVER;
    }

    /** It is due then, if not before. */
    void dueAt(long micros) {
      due = Math.min(due, micros);
    }

    boolean isDue(long micros) {
      return !underWay && due <= micros && mayBe();
    }

    boolean isUnderWay() {
      return underWay;
    }

    /** When the last one began. */
    long began() {
      return began;
    }

    /** Makes it. It is not due any more, unless it fails. */
    void make(
        QueueTurn turn,
        Function<QueueStore, CompletionStage<R>> statement,
        BiConsumer<QueueTurn, R> then) {
      underWay = true;
      late = false;
      began = turn.micros();
      due = NEVER;
      turn.then(
          new QueueEffect.Call<>(
              statement,
              (later, result) -> {
                underWay = false;
                failed = false;
                then.accept(later, result);
              },
              (later, failure) -> {
                underWay = false;
                failed = true;
                dueAt(later.in(PAUSE));
              }));
    }

    private boolean mayBe() {
      return begun || isFirst;
    }

    private boolean isLate(long micros) {
      late = underWay && began + timeoutMicros <= micros;
      return late;
    }

    private long next() {
      if (underWay) {
        return late ? NEVER : began + timeoutMicros;
      }
      return mayBe() ? due : NEVER;
    }
  }
}
