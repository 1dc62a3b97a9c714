package dev.retriever.origin;

import dev.retriever.origin.context.ContextCodec;
import dev.retriever.origin.context.ContextFault;
import dev.retriever.origin.context.ContextNames;
import dev.retriever.origin.context.ContextTypes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/**
 * The name of the handler with which an origin continues when a fetch has its outcome or an alarm
 * fires, and the type of the context that is persisted with it. Immutable, compared by value, and
 * safe to share between threads; meant for a {@code static final} field.
 *
 * <p>The name is <b>on-disk format</b>. To rename a continuation, keep the old name as an {@link
 * #alias}. A persisted name that the code does not know is parked.
 *
 * <p>A <b>context</b> is a record, or a sealed interface of records and enums. Its components may
 * be records and sealed interfaces again, enums, {@code String}, primitives and their boxes, {@code
 * BigDecimal}, {@code BigInteger}, {@code Instant}, {@code Duration} and the other types of {@code
 * java.time}, {@code URI}, {@code UUID}, {@code byte[]} (compared by identity in a record: prefer
 * {@link dev.retriever.executor.Body}), and {@code Optional}, {@code List}, {@code Set} and {@code
 * Map} of these; keys are {@code String}, enums, whole numbers or {@code UUID}. No annotations are
 * needed; those of Jackson on a type are respected, save those that write class names. It is
 * persisted as CBOR, at most {@link #MAX_CONTEXT_BYTES} long and {@link #MAX_CONTEXT_DEPTH} deep,
 * and equal contexts give equal bytes. Collections come back mutable and not the same
 * implementations; copy them in the constructor if that matters.
 *
 * <p>A context <b>grows with its code</b>. When an older context is read, an added component is
 * {@code null}, {@code Optional.empty()}, zero or {@code false}, which the record's constructor may
 * replace; a removed component is ignored. To rename a component is to remove one and add another.
 * Component names, the simple names of what a sealed interface permits, and the names of enum
 * constants are on-disk format. A record may not become a sealed interface, nor a component another
 * type that reads other values.
 *
 * @param <X> the type of the context
 */
public final class Continuation<X> {
  /** How long a context may be, in bytes of CBOR, including this many. */
  public static final int MAX_CONTEXT_BYTES = ContextCodec.MAX_BYTES;

  /** How deep records, lists, sets and maps may be nested in a context, including itself. */
  public static final int MAX_CONTEXT_DEPTH = ContextCodec.MAX_DEPTH;

  private final String name;
  private final Class<X> context;
  private final List<String> aliases;

  private Continuation(String name, Class<X> context, List<String> aliases) {
    this.name = name;
    this.context = context;
    this.aliases = aliases;
  }

  /**
   * @param name 1 to 64 of the characters {@code A-Z a-z 0-9 . _ -}
   * @throws IllegalArgumentException if the name is another, or the type is none that a context may
   *     be made of; the message names the component at fault
   */
  public static <X> Continuation<X> of(String name, Class<X> context) {
    checkName(name);
    ContextTypes.check(name, context);
    return new Continuation<>(name, context, List.of());
  }

  /**
   * A continuation without a context.
   *
   * @throws IllegalArgumentException as {@link #of(String, Class)}
   */
  public static Continuation<NoContext> of(String name) {
    return of(name, NoContext.class);
  }

  /**
   * The same continuation, which also answers to these earlier names. New fetches and alarms are
   * persisted under its {@link #name}.
   *
   * @throws IllegalArgumentException if one is no name, or it answers to it already
   */
  public Continuation<X> alias(String... oldNames) {
    var all = new LinkedHashSet<>(aliases);
    for (var old : oldNames) {
      checkName(old);
      if (old.equals(name) || !all.add(old)) {
        throw new IllegalArgumentException(
            "Continuation '%s' answers to '%s' already: give each alias once."
                .formatted(name, old));
      }
    }
    return new Continuation<>(name, context, List.copyOf(all));
  }

  /**
   * This continuation with that context. Nothing is serialized yet: a context that cannot be
   * serialized fails the handler that gives it to {@link Next}.
   *
   * @throws NullPointerException if the context is null; give {@link NoContext#NONE} instead
   */
  public Bound<X> with(X value) {
    return new Bound<>(this, value);
  }

  /** The name under which new fetches and alarms are persisted. */
  public String name() {
    return name;
  }

  /** The type of the context. */
  public Class<X> context() {
    return context;
  }

  /** The older names it answers to, in the order given. */
  public List<String> aliases() {
    return aliases;
  }

  private static void checkName(String name) {
    if (!ContextNames.isName(name)) {
      throw new IllegalArgumentException(
          "'%s' is no name of a continuation: it takes 1 to 64 of A-Z a-z 0-9 . _ -"
              .formatted(name));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Continuation<?> that
        && name.equals(that.name)
        && context == that.context
        && aliases.equals(that.aliases);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, context, aliases);
  }

  @Override
  public String toString() {
    return "Continuation[" + name + ", " + context.getSimpleName() + "]";
  }

  /**
   * A continuation and its context, in memory.
   *
   * @param <X> the type of the context
   */
  public record Bound<X>(Continuation<X> continuation, X context) {

    /**
     * @throws NullPointerException if the context is null; give {@link NoContext#NONE} instead
     * @throws ClassCastException if the context is not of the continuation's type
     */
    public Bound {
      Objects.requireNonNull(context, continuation.name());
      continuation.context().cast(context);
    }

    /**
     * The continuation as it is persisted. The bytes have been read again, so this code can read
     * them.
     *
     * @throws UnserializableContext if the context cannot be written and read
     */
    public StoredContinuation freeze() {
      var type = continuation.context();
      try {
        var bytes = ContextCodec.encode(type, context);
        ContextCodec.decode(type, bytes);
        return new StoredContinuation(continuation.name(), bytes);
      } catch (ContextFault e) {
        throw new UnserializableContext(continuation.name(), type, e.getMessage());
      }
    }

    /** Without the context: it may hold what must not reach a log. */
    @Override
    public String toString() {
      return "Bound[" + continuation.name() + "]";
    }
  }
}
