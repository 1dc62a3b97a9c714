package dev.retriever.executor;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The other nodes of the cluster, as those see them that have attempts under way there. Each is
 * named by its incarnation, {@code host:port#uid}. Thread-safe.
 *
 * <p>Whoever watches first and asks {@link #live} then hears of every node that leaves: either the
 * answer is no, or the watcher is told.
 */
public final class Nodes {
  /** What the members themselves say is at most moments old; no more has to be remembered. */
  private static final int REMEMBERED = 1000;

  private final Predicate<String> members;
  private final Set<String> left = new LinkedHashSet<>();
  private final Map<Object, Consumer<String>> watchers = new ConcurrentHashMap<>();

  /**
   * @param members whether the node of that id is a member; may lag behind {@link #left}
   */
  public Nodes(Predicate<String> members) {
    this.members = members;
  }

  /** The node that an executor of that id runs on. */
  public static String ofExecutor(String id) {
    var slash = id.indexOf('/');
    return slash < 0 ? id : id.substring(0, slash);
  }

  boolean live(String node) {
    synchronized (left) {
      if (left.contains(node)) {
        return false;
      }
    }
    return members.test(node);
  }

  /** That node is gone for good, and its attempts with it. Tells those who watch. */
  public void left(String node) {
    synchronized (left) {
      left.add(node);
      if (left.size() > REMEMBERED) {
        left.remove(left.iterator().next());
      }
    }
    watchers.values().forEach(each -> each.accept(node));
  }

  /**
   * Has {@code told} called, on any thread, with each node that leaves from now on.
   *
   * @param watcher who watches, until {@link #unwatch}
   */
  public void watch(Object watcher, Consumer<String> told) {
    watchers.put(watcher, told);
  }

  public void unwatch(Object watcher) {
    watchers.remove(watcher);
  }
}
