package dev.retriever.executor;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.asynchttpclient.channel.ChannelPool;
import org.asynchttpclient.channel.ChannelPoolPartitioning;
import org.asynchttpclient.channel.ChannelPoolPartitioning.PerHostChannelPoolPartitioning;
import org.asynchttpclient.netty.channel.DefaultChannelPool;

/**
 * The idle connections, by scheme, host and port. A target closes those that it finds idle for too
 * long, and a request that it crosses on its way comes to a closed door: nobody can tell then
 * whether it was read. One that is safe to repeat is repeated; one that is not is better put on a
 * connection that was in use just now, or on a new one. Thread-safe.
 */
final class KeptConnections implements ChannelPool {
  private static final AttributeKey<Long> IDLE_SINCE = AttributeKey.valueOf("retriever-idle-since");

  /**
   * What connections are kept by. Keys of one target are equal: whether the request is repeatable
   * is for whoever is looking for a connection.
   */
  private static final class Key {
    private final Object target;
    private final boolean repeatable;

    private Key(Object target, boolean repeatable) {
      this.target = target;
      this.repeatable = repeatable;
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

  private final ChannelPool pool;
  private final long idleUnrepeatable;
  private final LongSupplier nanos;

  KeptConnections(TransportSettings settings, Timer timer) {
    this(
        new DefaultChannelPool(
            settings.pooledIdleTimeout(),
            settings.connectionLifetime(),
            timer,
            Duration.ofSeconds(1)),
        settings.pooledIdleUnrepeatable(),
        System::nanoTime);
  }

  /**
   * @param pool gives what was used last first
   */
  KeptConnections(ChannelPool pool, Duration idleUnrepeatable, LongSupplier nanos) {
    this.pool = pool;
    this.idleUnrepeatable = idleUnrepeatable.toNanos();
    this.nanos = nanos;
  }

  /** How requests of that kind look for a connection. */
  static ChannelPoolPartitioning keys(boolean repeatable) {
    return (uri, virtualHost, proxy) ->
        new Key(
            PerHostChannelPoolPartitioning.INSTANCE.getPartitionKey(uri, virtualHost, proxy),
            repeatable);
  }

  @Override
  public boolean offer(Channel channel, Object key) {
    if (!ConnectionGuard.isAtRest(channel)) {
      return false;
    }
    channel.attr(IDLE_SINCE).set(nanos.getAsLong());
    return pool.offer(channel, key);
  }

  /** If the one used last was idle for too long, so were all; it is closed and not kept. */
  @Override
  public Channel poll(Object key) {
    var channel = pool.poll(key);
    if (channel == null || ((Key) key).repeatable || idle(channel) <= idleUnrepeatable) {
      return channel;
    }
    channel.close();
    return null;
  }

  private long idle(Channel channel) {
    return nanos.getAsLong() - channel.attr(IDLE_SINCE).get();
  }

  @Override
  public boolean removeAll(Channel channel) {
    return pool.removeAll(channel);
  }

  @Override
  public boolean isOpen() {
    return pool.isOpen();
  }

  @Override
  public void destroy() {
    pool.destroy();
  }

  @Override
  public void flushPartitions(Predicate<Object> predicate) {
    pool.flushPartitions(predicate);
  }

  @Override
  public Map<String, Long> getIdleChannelCountPerHost() {
    return pool.getIdleChannelCountPerHost();
  }
}
