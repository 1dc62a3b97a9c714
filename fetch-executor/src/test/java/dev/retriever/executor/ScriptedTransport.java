package dev.retriever.executor;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/** A wire on which nothing happens by itself: each exchange is told how to end. */
final class ScriptedTransport implements Transport {
  /** An exchange under way. It ends when the test says so, or as ambiguous when aborted. */
  record Call(AttemptKey key, long takenAt, Consumer<Report> done, ActorRef<String> aborts)
      implements Exchange {
    void end(Report report) {
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

  ScriptedTransport(ActorRef<Call> wire, ActorRef<String> aborts) {
    this.wire = wire;
    this.aborts = aborts;
  }

  void crashOn(AttemptKey key) {
    crashing.add(key);
  }

  @Override
  public Exchange start(AttemptKey key, FetchRequest request, long takenAt, Consumer<Report> done) {
    if (crashing.contains(key)) {
      throw new IllegalStateException("scripted crash");
    }
    var call = new Call(key, takenAt, done, aborts);
    wire.tell(call);
    return call;
  }
}
