package dev.retriever.origin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.executor.Utf8;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The queue that a fetch waits in, and its place there. Immutable.
 *
 * @param name of a queue: 1 to 64 of {@code A-Z a-z 0-9 . _ -}. Or of a template, such as {@code
 *     host:*}; then the fetch waits in the queue that the template makes for its target
 * @param priority 1, the highest, to {@link #LOWEST}
 * @param key what a fair queue is fair among, and limits of a key count: 1 to {@link #MAX_KEY}
 *     bytes in UTF-8, without U+0000. Empty for a key of the origin's own
 * @param waitAtMost how long the fetch may wait for its first attempt, from its acceptance, 1 ms to
 *     {@link FetchSpec#MAX_WITHIN}; after that it fails. Empty to wait until its deadline
 */
public record QueueChoice(
    String name,
    int priority,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> key,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Duration> waitAtMost) {
  /** The priority of a fetch that does not say another. */
  public static final int PRIORITY = 3;

  /** The lowest priority. */
  public static final int LOWEST = 5;

  /** Most bytes of a key, including this many. */
  public static final int MAX_KEY = 128;

  /** The prefix of the queues that are made for a target's host. */
  private static final String HOST = "host:";

  /** The template of the queues that are made for a target's host. */
  public static final String HOST_TEMPLATE = HOST + "*";

  /** The journal's id of a queue has 16 more characters, and 255 at most. */
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9._-]{1,64}|host:(\\*|[A-Za-z0-9._:\\[\\]-]{1,234})");

  /**
   * @throws InvalidSpec naming the field and its range
   */
  public QueueChoice {
    if (!isName(name)) {
      throw new InvalidSpec(
          "/queue/name", "must be 1 to 64 of A-Z a-z 0-9 . _ -, or a template such as host:*");
    }
    if (priority < 1 || priority > LOWEST) {
      throw new InvalidSpec("/queue/priority", "must be 1 to " + LOWEST);
    }
    if (key.filter(it -> it.isEmpty() || Utf8.bytes("a key", it).length > MAX_KEY).isPresent()) {
      throw new InvalidSpec("/queue/key", "must be 1 to " + MAX_KEY + " bytes");
    }
    if (key.filter(it -> it.indexOf('\0') >= 0).isPresent()) {
      throw new InvalidSpec("/queue/key", "must not have U+0000, which PostgreSQL cannot store");
    }
    if (waitAtMost
        .filter(it -> it.toMillis() < 1 || it.compareTo(FetchSpec.MAX_WITHIN) > 0)
        .isPresent()) {
      throw new InvalidSpec("/queue/waitAtMost", "must be 1ms to 30 days");
    }
  }

  /** That queue, with the middle priority and the origin's own key. */
  public static QueueChoice of(String name) {
    return new QueueChoice(name, PRIORITY, Optional.empty(), Optional.empty());
  }

  /**
   * With that priority.
   *
   * @throws InvalidSpec if it is out of its range
   */
  public QueueChoice priority(int newPriority) {
    return new QueueChoice(name, newPriority, key, waitAtMost);
  }

  /**
   * With that key.
   *
   * @throws InvalidSpec if it is empty or too long
   */
  public QueueChoice key(String newKey) {
    return new QueueChoice(name, priority, Optional.of(newKey), waitAtMost);
  }

  /**
   * With that longest wait for the first attempt.
   *
   * @throws InvalidSpec if it is out of its range
   */
  public QueueChoice waitAtMost(Duration longest) {
    return new QueueChoice(name, priority, key, Optional.of(longest));
  }

  /** Without its key, if that is the origin's own: the choice means the same. */
  public QueueChoice without(String ownKey) {
    return key.equals(Optional.of(ownKey))
        ? new QueueChoice(name, priority, Optional.empty(), waitAtMost)
        : this;
  }

  /** The same choice, with the queue that a template makes for that host. */
  QueueChoice forHost(String host) {
    return name.equals(HOST_TEMPLATE)
        ? new QueueChoice(HOST + host, priority, key, waitAtMost)
        : this;
  }

  /** The template that makes the queue of that name, if one does. */
  public static Optional<String> templateOf(String name) {
    return name.startsWith(HOST) && !name.equals(HOST_TEMPLATE)
        ? Optional.of(HOST_TEMPLATE)
        : Optional.empty();
  }

  /** Whether a queue or a template may have that name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }
}
