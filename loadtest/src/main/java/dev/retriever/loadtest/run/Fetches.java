package dev.retriever.loadtest.run;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Follower;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Makes fetches through the API of nodes and records every answer in the ledger. A refused call
 * fails; nothing is repeated. Thread-safe.
 */
public final class Fetches {
  /** Longer than most fetches of scenarios may take; a node allows 60 s at most. */
  public static final Duration WAIT = Duration.ofSeconds(30);

  private static final int READERS = 256;
  private static final Duration READ_LIMIT = Duration.ofSeconds(60);

  private final Api api;
  private final Supplier<URI> node;
  private final Ledger ledger;
  private final String kind;
  private final Set<String> possible;

  private Fetches(Api api, Supplier<URI> node, Ledger ledger, String kind, Set<String> possible) {
    this.api = api;
    this.node = node;
    this.ledger = ledger;
    this.kind = kind;
    this.possible = possible;
  }

  /** Fetches through that node whose only true outcome is an answer. */
  public static Fetches through(NodeProcess node, TestBed stage) throws IOException {
    return through(node::api, stage);
  }

  /**
   * @param node gives the address for the next request
   */
  public static Fetches through(Supplier<URI> node, TestBed stage) throws IOException {
    return new Fetches(stage.api(), node, stage.ledger(), "fetch", Set.of("answered"));
  }

  /** The same under another name in the tallies, and with other possible outcomes. */
  public Fetches of(String otherKind, String... otherPossible) {
    return new Fetches(api, node, ledger, otherKind, Set.of(otherPossible));
  }

  /** The same through another client. */
  public Fetches from(Api other) {
    return new Fetches(other, node, ledger, kind, possible);
  }

  /** Submits without waiting; completes when it is accepted. */
  public CompletableFuture<FetchAnswer> submit(String origin, String id, Submission spec) {
    return submit(origin, id, spec, Optional.empty());
  }

  /** Submits and waits; completes when it has settled, or fails when it has not in 60 s. */
  public CompletableFuture<FetchAnswer> settle(String origin, String id, Submission spec) {
    return submit(origin, id, spec, Optional.of(WAIT)).thenCompose(this::settled);
  }

  /** Submits; completes as accepted, or as settled when it settled within the wait. */
  public CompletableFuture<FetchAnswer> submit(
      String origin, String id, Submission spec, Optional<Duration> wait) {
    return api.submit(node.get(), origin, spec.json(id), wait)
        .whenComplete(
            (view, failure) -> {
              if (failure != null) {
                ledger.doubtful(id);
              } else {
                ledger.accepted(new Ledger.Accepted(id, kind, spec.repeatable(), possible));
                ledger.read(view);
              }
            });
  }

  /** Reads with one more wait, unless it has settled already. */
  public CompletableFuture<FetchAnswer> settled(FetchAnswer view) {
    return view.settled()
        ? CompletableFuture.completedFuture(view)
        : read(view.originId(), view.id(), Optional.of(WAIT))
            .thenApply(
                read -> {
                  if (!read.settled()) {
                    throw new IllegalStateException(read.id() + " did not settle in time");
                  }
                  return read;
                });
  }

  CompletableFuture<FetchAnswer> read(String origin, String id, Optional<Duration> wait) {
    return api.read(node.get(), origin, id, wait)
        .whenComplete(
            (view, failure) -> {
              if (failure == null) {
                ledger.read(view);
              }
            });
  }

  /**
   * Reads all accepted fetches that are not known to have settled, each until it has settled or a
   * minute is over.
   */
  public void readUnsettled(Context context) throws InterruptedException {
    var unsettled = ledger.latest().stream().filter(view -> !view.settled()).toList();
    if (unsettled.isEmpty()) {
      return;
    }
    try (var progress = context.progress("read", unsettled.size())) {
      new Follower(api, node, ledger).followAll(unsettled, READERS, READ_LIMIT, progress);
    }
  }
}
