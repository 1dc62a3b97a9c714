package dev.retriever.executor.memory;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import java.util.function.Consumer;

/**
 * Counts the request bodies of exchanges under way in all pools of a node. It refuses an exchange
 * whose body does not fit, before anything is sent; the origin tries again later. Thread-safe.
 */
public final class SendingBodies implements Transport {
  private final Transport transport;
  private final ByteAccount memory;

  private SendingBodies(Transport transport, ByteAccount memory) {
    this.transport = transport;
    this.memory = memory;
  }

  /** Wraps a transport with the limit of {@link MemoryBudget.Share#SENDING}. */
  public static Transport around(Transport transport, MemoryBudget budget) {
    return new SendingBodies(transport, budget.account(MemoryBudget.Share.SENDING));
  }

  @Override
  public Exchange start(
      AttemptKey key, FetchRequest request, TimeLimit limit, Consumer<Report> done) {
    var bytes = memory.acquire(request.body().map(Body::size).orElse(0));
    if (bytes.isEmpty()) {
      done.accept(new Report.NotSent(Stage.QUEUED, Report.NO_ROOM));
      return reason -> {};
    }
    var taken = bytes.get();
    try {
      return transport.start(
          key,
          request,
          limit,
          report -> {
            taken.close();
            done.accept(report);
          });
    } catch (RuntimeException e) {
      taken.close();
      throw e;
    }
  }
}
