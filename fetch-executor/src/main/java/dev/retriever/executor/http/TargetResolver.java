package dev.retriever.executor.http;

import dev.retriever.executor.Refusal;
import dev.retriever.executor.Stage;
import dev.retriever.executor.egress.EgressPolicy;
import dev.retriever.executor.settings.TransportSettings;
import io.netty.channel.Channel;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up host names, and returns the addresses that the policy allows. The client connects to
 * exactly these addresses. It must not look them up again, because a second answer could differ.
 */
final class TargetResolver implements AutoCloseable {
  /** Finds the addresses of a host; tests replace it. */
  public interface Lookup {
    InetAddress[] addressesOf(String host) throws UnknownHostException;
  }

  private static final Logger log = LoggerFactory.getLogger(TargetResolver.class);
  private static final int IDLE_SECONDS = 30;

  private final EgressPolicy policy;
  private final Lookup lookup;
  private final ThreadPoolExecutor threads;

  TargetResolver(TransportSettings settings, EgressPolicy policy, Lookup lookup) {
    this.policy = policy;
    this.lookup = lookup;
    this.threads =
        new ThreadPoolExecutor(
            settings.resolverThreads(),
            settings.resolverThreads(),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(settings.resolverQueue()),
            new DefaultThreadFactory("retriever-resolver", true));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Resolves hosts that are called at that port. */
  InetNameResolver at(int port) {
    return new AtPort(port);
  }

  private final class AtPort extends InetNameResolver {
    private final int port;

    AtPort(int port) {
      super(ImmediateEventExecutor.INSTANCE);
      this.port = port;
    }

    @Override
    protected void doResolve(String host, Promise<InetAddress> promise) {
      // The client asks for all addresses; the interface requires this method too.
      resolveAll(host)
          .addListener(
              (io.netty.util.concurrent.Future<List<InetAddress>> all) -> {
                if (all.isSuccess()) {
                  promise.trySuccess(all.getNow().get(0));
                } else {
                  promise.tryFailure(all.cause());
                }
              });
    }

    @Override
    protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
      try {
        threads.execute(() -> answer(host, port, promise));
      } catch (RejectedExecutionException e) {
        promise.tryFailure(
            new Refusal(
                Stage.QUEUED,
                threads.isShutdown() ? FailureReason.SHUT_DOWN : FailureReason.RESOLVER_BUSY));
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private void answer(String host, int port, Promise<List<InetAddress>> promise) {
    try {
      promise.trySuccess(addresses(host, port));
    } catch (Exception e) {
      promise.tryFailure(e);
    }
  }

  private List<InetAddress> addresses(String host, int port) throws Exception {
    if (!policy.allowsName(host)) {
      log.info("Host {} is on the deny list; it is not called", host);
      throw denied();
    }
    var found = List.of(lookup.addressesOf(host));
    if (found.isEmpty()) {
      throw new UnknownHostException("no address");
    }
    var allowed = policy.screen(host, port, found);
    if (allowed.isEmpty()) {
      log.info(
          "Host {} has an address that is not allowed at port {}, among {}; it is not called",
          host,
          port,
          found);
      throw denied();
    }
    return allowed;
  }

  /** Checks the port before the lookup, and also before a kept connection is used. */
  void checkPort(int port) throws Refusal {
    if (!policy.allowsPort(port)) {
      throw denied();
    }
  }

  /**
   * Whether a kept connection may still be used. Its address was allowed when it was opened, but a
   * node may listen there by now.
   */
  boolean mayUse(Channel connection) {
    return connection.remoteAddress() instanceof InetSocketAddress target
        && policy.allows(target.getAddress(), target.getPort());
  }

  private static Refusal denied() {
    return new Refusal(Stage.EGRESS_DENIED, FailureReason.EGRESS_DENIED);
  }
}
