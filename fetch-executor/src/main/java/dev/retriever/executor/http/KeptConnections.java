package dev.retriever.executor.http;

import dev.retriever.executor.settings.TransportSettings;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.Timer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.asynchttpclient.channel.ChannelPool;
import org.asynchttpclient.channel.ChannelPoolPartitioning;
import org.asynchttpclient.channel.ChannelPoolPartitioning.PerHostChannelPoolPartitioning;

/**
 * The idle connections, by scheme, host and port. Two dangers determine the choice of a connection:
 *
 * <ul>
 *   <li>A target may send extra bytes a little after its answer. The next request would take them
 *       for its answer. So a connection rests before it is used again, and the longest-rested one
 *       is used first.
 *   <li>A target closes connections that are idle for too long. If a request is sent at that
 *       moment, it is unknown whether the target has read it. A repeatable request is sent again.
 *       Any other request gets a recently used connection, or a new one.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class KeptConnections implements ChannelPool {
  private static final AttributeKey<Kept> KEPT = AttributeKey.valueOf("retriever-kept");
  private static final long CLEANING_SECONDS = 1;

  /** The kind of request that needs a connection. */
  enum Seeker {
    REPEATABLE,
    UNREPEATABLE,
    /** Takes no kept connection; the one that it opens is kept for others. */
    FRESH
  }

  /** The key of kept connections. Keys of one target are equal for all kinds of requests. */
  private static final class Key {
    private final Object target;
    private final Seeker seeker;

    private Key(Object target, Seeker seeker) {
      this.target = target;
      this.seeker = seeker;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && target.equals(key.target);
    }

    @Override
    public int hashCode() {
      return target.hashCode();
    }
  }

  /** The state of one connection. It changes only inside computations of the map {@code idle}. */
  private static final class Kept {
    private final Object key;
    private final long since;
    private long idleSince;
    private long mostIdle;

    private Kept(Object key, long since) {
      this.key = key;
      this.since = since;
    }
  }

  /** For each target, the connections by the time at which they became idle; times are unique. */
  private final Map<Object, TreeMap<Long, Channel>> idle = new ConcurrentHashMap<>();

  private final boolean reuse;
  private final long rest;
  private final long mostIdle;
  private final long mostIdleUnrepeatable;
  private final long lifetime;
  private final Predicate<Channel> mayUse;
  private final LongSupplier nanos;
  private final long begin;
  private volatile boolean closed;

  /**
   * @param mayUse whether the target of a connection is allowed now; must not block
   * @param nanos the monotonic clock
   */
  KeptConnections(TransportSettings settings, Predicate<Channel> mayUse, LongSupplier nanos) {
    this.mayUse = mayUse;
    this.reuse = settings.reuse();
    this.rest = settings.pooledRest().toNanos();
    this.mostIdle = settings.pooledIdleTimeout().toNanos();
    this.mostIdleUnrepeatable = settings.pooledIdleUnrepeatable().toNanos();
    this.lifetime = settings.connectionLifetime().toNanos();
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  /** Makes the keys by which requests of that kind find connections. */
  static ChannelPoolPartitioning keys(Seeker seeker) {
    return (uri, virtualHost, proxy) ->
        new Key(
            PerHostChannelPoolPartitioning.INSTANCE.getPartitionKey(uri, virtualHost, proxy),
            seeker);
  }

  /** Closes expired connections once a second, until the timer stops. */
  void cleanBy(Timer timer) {
    timer.newTimeout(
        again -> {
          if (!closed) {
            clean();
            cleanBy(timer);
          }
        },
        CLEANING_SECONDS,
        TimeUnit.SECONDS);
  }

  /**
   * Called by the thread of the connection, before the exchange learns that its answer is complete.
   */
  @Override
  public boolean offer(Channel channel, Object key) {
    var limit = ConnectionGuard.mostIdle(channel).toNanos();
    if (!reuse || closed || limit == 0 || !ConnectionGuard.isAtRest(channel)) {
      return false;
    }
    var now = now();
    channel.attr(KEPT).setIfAbsent(new Kept(key, now));
    var kept = channel.attr(KEPT).get();
    if (now - kept.since > lifetime) {
      return false;
    }
    idle.compute(
        kept.key,
        (target, others) -> {
          var all = others == null ? new TreeMap<Long, Channel>() : others;
          kept.idleSince = all.isEmpty() ? now : Math.max(now, all.lastKey() + 1);
          kept.mostIdle = Math.min(mostIdle, limit);
          all.put(kept.idleSince, channel);
          return all;
        });
    return true;
  }

  /** The longest-rested connection that is not too old for the request; null if there is none. */
  @Override
  public Channel poll(Object key) {
    var seeker = ((Key) key).seeker;
    if (seeker == Seeker.FRESH) {
      return null;
    }
    var now = now();
    var oldest = now - (seeker == Seeker.REPEATABLE ? mostIdle : mostIdleUnrepeatable);
    var found = new ArrayList<Channel>(1);
    var ended = new ArrayList<Channel>(0);
    idle.computeIfPresent(
        key,
        (target, all) -> {
          for (var each = all.ceilingEntry(oldest);
              found.isEmpty() && each != null && now - each.getKey() >= rest;
              each = all.ceilingEntry(oldest)) {
            all.remove(each.getKey());
            (isUsable(each.getValue(), now) ? found : ended).add(each.getValue());
          }
          return all.isEmpty() ? null : all;
        });
    ended.forEach(Channel::close);
    return found.isEmpty() ? null : found.get(0);
  }

  private boolean isUsable(Channel channel, long now) {
    var kept = channel.attr(KEPT).get();
    return channel.isActive()
        && now - kept.idleSince <= kept.mostIdle
        && now - kept.since <= lifetime
        && mayUse.test(channel);
  }

  /** Closes connections that must not be used any more. */
  void clean() {
    var now = now();
    take(key -> true, channel -> !isUsable(channel, now)).forEach(Channel::close);
  }

  /** Removes and returns connections; they belong to the caller. */
  private List<Channel> take(Predicate<Object> keys, Predicate<Channel> which) {
    var taken = new ArrayList<Channel>();
    for (var key : idle.keySet()) {
      if (keys.test(key)) {
        idle.computeIfPresent(
            key,
            (target, all) -> {
              all.values().removeIf(channel -> which.test(channel) && taken.add(channel));
              return all.isEmpty() ? null : all;
            });
      }
    }
    return taken;
  }

  @Override
  public boolean removeAll(Channel channel) {
    var kept = channel.attr(KEPT).get();
    if (kept == null) {
      return false;
    }
    var removed = new ArrayList<Channel>(1);
    idle.computeIfPresent(
        kept.key,
        (target, all) -> {
          if (all.remove(kept.idleSince, channel)) {
            removed.add(channel);
          }
          return all.isEmpty() ? null : all;
        });
    return !removed.isEmpty();
  }

  private long now() {
    return nanos.getAsLong() - begin;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void destroy() {
    closed = true;
    take(key -> true, channel -> true).forEach(Channel::close);
  }

  @Override
  public void flushPartitions(Predicate<Object> predicate) {
    take(predicate, channel -> true).forEach(Channel::close);
  }

  @Override
  public Map<String, Long> getIdleChannelCountPerHost() {
    var counts = new HashMap<String, Long>();
    idle.forEach((key, all) -> counts.put(((Key) key).target.toString(), (long) all.size()));
    return counts;
  }
}
