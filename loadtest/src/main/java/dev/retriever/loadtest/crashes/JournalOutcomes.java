package dev.retriever.loadtest.crashes;

import dev.retriever.client.OutcomeStream;
import dev.retriever.client.ShownFetch;
import dev.retriever.client.StreamEvent;
import dev.retriever.client.StreamStart;
import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.load.NodeClients;
import dev.retriever.loadtest.pace.BlockingCalls;
import dev.retriever.loadtest.run.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The outcomes of origins as the journal has them, read from their streams. */
final class JournalOutcomes {
  /** Fetches survive more kills than by default, and a node that is slow since others are busy. */
  static final String PATIENT = "-Dretriever.origin.max-lost-attempts=100";

  private static final int READERS = 16;
  private static final Duration SILENCE = Duration.ofSeconds(20);

  private JournalOutcomes() {}

  /**
   * An outcome.
   *
   * @param sequence its number in its origin
   */
  record Journaled(long sequence, FetchAnswer fetch) {
    private static Journaled of(String eventId, ShownFetch fetch) {
      var dash = eventId.indexOf('-');
      var number = dash < 0 ? eventId : eventId.substring(0, dash);
      return new Journaled(Long.parseLong(number), FetchAnswer.parse(fetch.json()));
    }
  }

  /**
   * Reads the outcomes of origins.
   *
   * @param expected how many each origin has; reading ends there, or when none comes for a while
   */
  static List<Journaled> read(NodeClients clients, Map<String, Integer> expected, Context context)
      throws IOException, InterruptedException {
    var done = new AtomicInteger();
    try (var progress = context.progress("read", expected.size())) {
      var each =
          BlockingCalls.all(
              READERS,
              expected.entrySet(),
              origin -> {
                var outcomes =
                    clients.ask(
                        client ->
                            read(
                                client.outcomes(origin.getKey(), StreamStart.start()),
                                origin.getValue()));
                progress.to(done.incrementAndGet());
                return outcomes;
              });
      return each.stream().flatMap(List::stream).toList();
    }
  }

  private static List<Journaled> read(OutcomeStream stream, int expected) {
    var outcomes = new ArrayList<Journaled>();
    try (stream) {
      while (outcomes.size() < expected) {
        var event = stream.next(SILENCE);
        if (event.isEmpty()) {
          return outcomes;
        }
        settled(event.get()).ifPresent(outcomes::add);
      }
    }
    return outcomes;
  }

  /** What a gap leaves out is missing afterwards. */
  private static Optional<Journaled> settled(StreamEvent event) {
    return event.fold(
        it -> Optional.of(Journaled.of(it.id(), it.fetch())),
        gap -> Optional.empty(),
        reset -> Optional.empty());
  }
}
