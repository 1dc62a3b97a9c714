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
 * The idle connections, by scheme, host and port. Two dangers decide who gets which:
 *
 * <ul>
 *   <li>A target may send more than its answer, and a little later. Read as the answer to the next
 *       request it would be somebody else's. So a connection rests first, and the one that has
 *       rested longest comes first.
 *   <li>A target closes what it finds idle for too long. A request that crosses the end on its way
 *       may or may not have been read. One that is safe to repeat is repeated; one that is not gets
 *       a connection that was in use just now, or a new one.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class KeptConnections implements ChannelPool {
  private static final AttributeKey<Kept> KEPT = AttributeKey.valueOf("retriever-kept");
  private static final long ROUND_SECONDS = 1;

  /** Who looks for a connection. */
  enum Seeker {
    REPEATABLE,
    UNREPEATABLE,
    /** Takes none; the one it opens is kept for others. */
    FRESH
  }

  /** What connections are kept by. Keys of one target are equal, whoever looks for it. */
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

  /** One connection; what changes does so inside the map of all targets. */
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

  /** Of each target by when it became idle, which no two did in the same nanosecond. */
  private final Map<Object, TreeMap<Long, Channel>> idle = new ConcurrentHashMap<>();

  private final boolean reuse;
  private final long rest;
  private final long mostIdle;
  private final long mostIdleUnrepeatable;
  private final long lifetime;
  private final LongSupplier nanos;
  private final long begin;
  private volatile boolean closed;

  KeptConnections(TransportSettings settings, LongSupplier nanos) {
    this.reuse = settings.reuse();
    this.rest = settings.pooledRest().toNanos();
    this.mostIdle = settings.pooledIdleTimeout().toNanos();
    this.mostIdleUnrepeatable = settings.pooledIdleUnrepeatable().toNanos();
    this.lifetime = settings.connectionLifetime().toNanos();
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  /** How requests of that kind look for a connection. */
  static ChannelPoolPartitioning keys(Seeker seeker) {
    return (uri, virtualHost, proxy) ->
        new Key(
            PerHostChannelPoolPartitioning.INSTANCE.getPartitionKey(uri, virtualHost, proxy),
            seeker);
  }

  /** Once a second closes what nobody used in time, until the timer stops. */
  void cleanBy(Timer timer) {
    timer.newTimeout(
        again -> {
          if (!closed) {
            clean();
            cleanBy(timer);
          }
        },
        ROUND_SECONDS,
        TimeUnit.SECONDS);
  }

  /** Called by the thread of the connection, before the end of the answer is told. */
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

  /** The one that has rested longest of those that are not too old for that request. */
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
        && now - kept.since <= lifetime;
  }

  /** Closes what must not be used any more. */
  void clean() {
    var now = now();
    take(key -> true, channel -> !isUsable(channel, now)).forEach(Channel::close);
  }

  /** What is taken belongs to the caller alone. */
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
