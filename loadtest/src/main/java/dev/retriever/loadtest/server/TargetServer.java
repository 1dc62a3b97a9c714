package dev.retriever.loadtest.server;

import dev.retriever.loadtest.ledger.Hits;
import dev.retriever.loadtest.ledger.Underway;
import io.netty.handler.codec.http.HttpObjectAggregator;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The HTTP server that fetches call. It counts the requests that it received, which is the ground
 * truth of every ledger. Listens on 127.0.0.1 only. Waiting requests are timers of two event loops,
 * so ten thousand of them need no threads. Instances share nothing.
 */
public final class TargetServer implements AutoCloseable {
  /** The most that a request body may hold. */
  public static final int BODY_MAX = 1 << 20;

  private final Hits hits = new Hits(Clock.systemUTC());
  private final Underway underway = new Underway();
  private final Held held = new Held();
  private final HttpListener listener;

  private TargetServer(int port, Optional<String> token) throws IOException {
    listener =
        new HttpListener(
            "target",
            port,
            pipeline ->
                pipeline
                    .addLast(new TargetGate(hits, underway, token))
                    .addLast(new HttpObjectAggregator(BODY_MAX))
                    .addLast(new TargetHandler(hits, underway, held)));
  }

  /**
   * Starts to listen.
   *
   * @param port 0 picks a free one
   * @param token the value that requests need in {@code X-Test-Token}, if any
   */
  public static TargetServer start(int port, Optional<String> token) throws IOException {
    return new TargetServer(port, token);
  }

  public int port() {
    return listener.port();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** Hits by fetch id and attempt, as of now. */
  public Map<String, Map<Integer, Integer>> hits() {
    return hits.snapshot();
  }

  /** The most requests that waited for answers at once, since the last call of this method. */
  public int mostAtOnce() {
    return underway.most();
  }

  /** Attempts that came before the {@code Retry-After} of an earlier one was over. */
  public List<Hits.Early> early() {
    return hits.early();
  }

  /** Forgets all hits, after their verdict. */
  public void forget() {
    hits.reset();
  }

  @Override
  public void close() {
    listener.close();
  }
}
