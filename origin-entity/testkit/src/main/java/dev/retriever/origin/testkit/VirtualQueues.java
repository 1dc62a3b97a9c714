package dev.retriever.origin.testkit;

import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.wire.Granted.Grant;
import dev.retriever.origin.queue.wire.QueueMessage;
import dev.retriever.origin.queue.wire.Queues;
import dev.retriever.origin.queue.wire.Told;
import dev.retriever.origin.queue.wire.Told.Why;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The queues of a test kit, in virtual time. They decide as those of a cluster do, and survive the
 * crashes of the origin.
 */
final class VirtualQueues implements Queues {
  private final EventQueue time;

  /** Gives the origin grants; what it answers, or nothing when it crashed. */
  private final Function<List<Grant>, Optional<Map<Grant, Why>>> origin;

  private final Map<String, QueueSettings> settings = new TreeMap<>();
  private final Map<String, VirtualQueue> queues = new TreeMap<>();

  VirtualQueues(EventQueue time, Function<List<Grant>, Optional<Map<Grant, Why>>> origin) {
    this.time = time;
    this.origin = origin;
  }

  /** There is such a queue or template from now on, or it has other settings. */
  void put(String name, QueueSettings its) {
    settings.put(name, its);
    queues.forEach(
        (known, queue) -> {
          if (known.equals(name) || isTemplateOf(name, known)) {
            queue.configure(settingsOf(known).orElseThrow());
          }
        });
  }

  private static boolean isTemplateOf(String name, String queue) {
    return QueueChoice.templateOf(queue).filter(name::equals).isPresent();
  }

  private Optional<QueueSettings> settingsOf(String queue) {
    return Optional.ofNullable(settings.get(queue))
        .or(() -> QueueChoice.templateOf(queue).map(settings::get));
  }

  /** The queue, made with its first fetch. */
  private VirtualQueue queue(String name) {
    return queues.computeIfAbsent(
        name,
        it -> new VirtualQueue(it, settingsOf(it).orElse(QueueSettings.DEFAULT), time, origin));
  }

  /**
   * The origin recovers.
   *
   * @param states tells what it has
   */
  void recovers(Runnable states) {
    var all = states;
    for (var queue : List.copyOf(queues.values())) {
      var others = all;
      all = () -> queue.recovers(others);
    }
    all.run();
  }

  @Override
  public void tell(QueueMessage message) {
    if (message instanceof Told told) {
      queue(told.queue()).told(told);
    }
  }

  @Override
  public Optional<Verdict> refusal(String tenant, String ownKey, QueueChoice choice) {
    return settingsOf(choice.name()).isPresent()
        ? Optional.empty()
        : Optional.of(Verdict.NO_SUCH_QUEUE);
  }
}
