package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/** A wire on which nothing happens by itself: each exchange is told how to end. */
public final class ScriptedTransport implements Transport {
  /** An exchange under way. It ends when the test says so, or as ambiguous when aborted. */
  public record Call(AttemptKey key, long takenAt, Consumer<Report> done, ActorRef<String> aborts)
      implements Exchange {
    public void end(Report report) {
      done.accept(report);
    }

    @Override
    public void abort(String reason) {
      aborts.tell(key.fetchId() + " " + reason);
      end(Report.broken(Stage.SENT, reason, java.util.Optional.empty()));
    }
  }

  private final ActorRef<Call> wire;
  private final ActorRef<String> aborts;
  private final Set<AttemptKey> crashing = ConcurrentHashMap.newKeySet();

  public ScriptedTransport(ActorRef<Call> wire, ActorRef<String> aborts) {
    this.wire = wire;
    this.aborts = aborts;
  }

  void crashOn(AttemptKey key) {
    crashing.add(key);
  }

  @Override
  public Exchange start(
      AttemptKey key, FetchRequest request, TimeLimit limit, Consumer<Report> done) {
    if (crashing.contains(key)) {
      throw new IllegalStateException("scripted crash");
    }
    var call = new Call(key, limit.takenAt(), done, aborts);
    wire.tell(call);
    return call;
  }
}
