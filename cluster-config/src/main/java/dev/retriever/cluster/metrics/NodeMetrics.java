package dev.retriever.cluster.metrics;

import dev.retriever.alarms.WakeUps;
import dev.retriever.origin.meter.OriginMeter;
import dev.retriever.origin.queue.QueueMeasure;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/**
 * The instruments of a node, and what they have measured. Without {@code
 * retriever.node.metrics.enabled} there are none, and nothing is measured. Thread-safe; one for
 * each actor system.
 */
public final class NodeMetrics {
  private static final ExtensionId<Holder> ID = new Id();

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Instruments instruments = new Instruments(registry);
  private final OriginMetrics origins = new OriginMetrics(instruments);
  private final AttemptMetrics attempts;
  private final RequestMetrics requests;
  private final JournalMetrics journal;
  private final QueueMetrics queues;
  private final Histogram lateness;

  NodeMetrics(LongSupplier nanos) {
    attempts = new AttemptMetrics(instruments, nanos);
    requests = new RequestMetrics(instruments, nanos);
    journal = new JournalMetrics(instruments, nanos);
    queues = new QueueMetrics(instruments);
    lateness = TimedWakeUps.histogram(instruments);
    JvmFigures.register(instruments);
  }

  private record Holder(Optional<NodeMetrics> metrics) implements Extension {}

  private static final class Id extends ExtensionId<Holder> {
    @Override
    public Holder createExtension(ActorSystem<?> system) {
      var settings = MetricsSettings.from(system.settings().config());
      return new Holder(
          settings.enabled() ? Optional.of(new NodeMetrics(System::nanoTime)) : Optional.empty());
    }
  }

  /** The metrics of that actor system; empty if they are off. */
  public static Optional<NodeMetrics> of(ActorSystem<?> system) {
    return ID.apply(system).metrics();
  }

  /** Hears of the node's origins. */
  public OriginMeter origins() {
    return origins;
  }

  /** Measures exchanges with targets. */
  public AttemptMetrics attempts() {
    return attempts;
  }

  /** Measures requests of callers and operators. */
  public RequestMetrics requests() {
    return requests;
  }

  /** Hears of the writers of the journal. */
  public JournalMeter journal() {
    return journal;
  }

  /** Writes of the journal, from when they were asked for to their commit. */
  public Measured journalWrites() {
    return journal.measured();
  }

  /** Writes of the journal that wait now. */
  public int journalWaiting() {
    return journal.waiting();
  }

  /** How late sleeping origins were found. */
  public Measured wakeUpLateness() {
    return Measured.of(lateness);
  }

  /** Adds writers of the journal, by how many writes wait for them. */
  public void journalWaits(IntSupplier waiting) {
    journal.waits(waiting);
  }

  /** Those wake-ups, with a measure of how late they are found by that clock. */
  public WakeUps timed(WakeUps wakeUps, Clock clock) {
    return new TimedWakeUps(wakeUps, lateness, clock);
  }

  /** Adds the figures that other parts keep. To be called once. */
  public void read(NodeFigures.Sources sources) {
    NodeFigures.register(instruments, sources);
  }

  /** All series as they are now, with those of the queues that are on this node. */
  MetricSnapshots scrape(List<QueueMeasure> measured, Instant now) {
    queues.look(measured, now);
    return registry.scrape();
  }
}
