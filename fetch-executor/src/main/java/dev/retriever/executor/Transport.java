package dev.retriever.executor;

import dev.retriever.executor.http.HttpTransport;
import java.util.function.Consumer;

/**
 * Makes HTTP exchanges. This is the interface between executors and the network: {@link
 * HttpTransport} in production, a script in tests.
 *
 * <p>Implementations are thread-safe, send the request at most once, and never block the calling
 * thread. The caller aborts an exchange when its time is over.
 */
public interface Transport extends AutoCloseable {
  /**
   * Starts one exchange. {@code done} receives the report exactly once, on any thread, possibly
   * before this method returns. Failures are reports, never exceptions.
   *
   * @param limit nothing of the request is sent once it is over, even if the caller has had no time
   *     to abort the exchange
   */
  Exchange start(AttemptKey key, FetchRequest request, TimeLimit limit, Consumer<Report> done);

  /**
   * The transport for attempts of that pool.
   *
   * @param pool its name; that of the default pool, or {@link Pools#DIRECT}, for attempts of these
   */
  default Transport inPool(String pool) {
    return this;
  }

  /** Releases connections and threads. Open exchanges end as broken. */
  @Override
  default void close() {}

  /** One exchange under way. */
  interface Exchange {
    /**
     * Closes the connection, so that the exchange ends with {@code reason} at the stage it had
     * reached. If that stage is before {@link Stage#SENT}, nothing will be sent afterwards. Does
     * nothing when the exchange has ended.
     */
    void abort(String reason);
  }
}
