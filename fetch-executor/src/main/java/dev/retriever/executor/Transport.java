package dev.retriever.executor;

import dev.retriever.executor.http.HttpTransport;
import java.util.function.Consumer;

/**
 * Makes HTTP exchanges. The seam between executors and the network: {@link HttpTransport} in
 * production, a script in tests.
 *
 * <p>Implementations are thread-safe, put the request on the wire at most once, never wait in the
 * calling thread, and have no time limit of their own for a whole exchange: whoever starts one
 * aborts it.
 */
public interface Transport extends AutoCloseable {
  /**
   * Starts one exchange. {@code done} is called exactly once, on any thread, possibly before this
   * method returns, with what came of it; failures are reports, never exceptions.
   *
   * @param takenAt when the executor took the attempt, by {@link System#nanoTime}: the timeline of
   *     the report begins there
   */
  Exchange start(AttemptKey key, FetchRequest request, long takenAt, Consumer<Report> done);

  /** Releases connections and threads. Exchanges still open end as broken. */
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
