package dev.retriever.origin.core;

import dev.retriever.origin.Continuation;
import dev.retriever.origin.Continuation.Bound;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.context.ContextCodec;
import dev.retriever.origin.context.ContextFault;
import dev.retriever.origin.context.ContextNames;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The continuations of an origin type, by all the names they answer to. Immutable and safe to share
 * between threads.
 */
final class Continuations {
  /** A reason lists at most this many names: it is persisted and shown. */
  static final int NAMES_LISTED = 20;

  private final SortedMap<String, Continuation<?>> byName;

  private Continuations(SortedMap<String, Continuation<?>> byName) {
    this.byName = byName;
  }

  /**
   * @throws IllegalArgumentException if two answer to one name, naming both
   */
  static Continuations of(Collection<? extends Continuation<?>> all) {
    var byName = new TreeMap<String, Continuation<?>>();
    for (var continuation : all) {
      put(byName, continuation.name(), continuation);
      continuation.aliases().forEach(alias -> put(byName, alias, continuation));
    }
    return new Continuations(byName);
  }

  private static void put(
      Map<String, Continuation<?>> byName, String name, Continuation<?> continuation) {
    var other = byName.putIfAbsent(name, continuation);
    if (other != null) {
      throw new IllegalArgumentException(
          "Two continuations answer to '%s': %s and %s. Rename one, or remove the alias."
              .formatted(name, other, continuation));
    }
  }

  /** Whether this continuation is defined under its name. */
  boolean defines(Continuation<?> continuation) {
    return continuation.equals(byName.get(continuation.name()));
  }

  /**
   * Resolves what was persisted to this code's continuation. Never throws because of what it reads.
   */
  Resolved resolve(StoredContinuation then) {
    var continuation = byName.get(then.name());
    return continuation == null ? new Parked(unknown(then.name())) : read(continuation, then);
  }

  private static <X> Resolved read(Continuation<X> continuation, StoredContinuation then) {
    try {
      return new Known<>(
          continuation.with(ContextCodec.decode(continuation.context(), then.context())));
    } catch (ContextFault e) {
      return new Parked(
          "The context of continuation '%s' can no longer be read as a %s: %s. Deploy code that reads it, and redrive."
              .formatted(
                  continuation.name(), continuation.context().getTypeName(), e.getMessage()));
    }
  }

  private String unknown(String name) {
    var known =
        byName.keySet().stream().limit(NAMES_LISTED).collect(Collectors.joining(", ", "", ""));
    var more = byName.size() - NAMES_LISTED;
    return "No continuation is named '%s'; known are: %s%s. Deploy code that defines it or has it as an alias, and redrive."
        .formatted(
            ContextNames.isName(name) ? name : "(no valid name)",
            known.isEmpty() ? "none" : known,
            more > 0 ? " and " + more + " more" : "");
  }

  /** The result for a persisted continuation. */
  sealed interface Resolved {
    <T> T fold(Function<Known<?>, T> known, Function<Parked, T> parked);
  }

  /**
   * This code can run it.
   *
   * @param <X> the type of the context
   */
  record Known<X>(Bound<X> bound) implements Resolved {
    Continuation<X> continuation() {
      return bound.continuation();
    }

    X context() {
      return bound.context();
    }

    @Override
    public <T> T fold(Function<Known<?>, T> known, Function<Parked, T> parked) {
      return known.apply(this);
    }
  }

  /**
   * This code cannot run it; other code may.
   *
   * @param reason in words, with the next step and without values of the context
   */
  record Parked(String reason) implements Resolved {
    @Override
    public <T> T fold(Function<Known<?>, T> known, Function<Parked, T> parked) {
      return parked.apply(this);
    }
  }
}
