package dev.retriever.origin.queue.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import dev.retriever.origin.queue.rows.QueueStore.Listing;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueueDirectoryTest {
  private static final String SETTINGS = SettingsJson.write(QueueSettings.DEFAULT);

  private final MemoryQueueStore store = new MemoryQueueStore(Clock.systemUTC());
  private final QueueDirectory directory = new QueueDirectory(store, 2);

  private void list(String name, Gate gate) {
    store.list(new Listing(name, 1, Optional.of(SETTINGS), gate));
    directory.read();
  }

  private Optional<Verdict> refusal(String name) {
    return directory.refusal("acme", "shop|a", QueueChoice.of(name));
  }

  @Test
  void nothing_is_decided_before_the_table_was_read() {
    assertThat(refusal("q")).contains(Verdict.BUSY);

    directory.read();

    assertThat(refusal("q")).contains(Verdict.NO_SUCH_QUEUE);
  }

  @Test
  void a_queue_takes_fetches_unless_it_is_full_or_draining() {
    list("q", Gate.OPEN);
    assertThat(refusal("q")).isEmpty();

    list("q", new Gate(false, true, List.of(), 7));
    assertThat(refusal("q")).contains(Verdict.QUEUE_FULL);
    assertThat(directory.retryAfterSeconds("q")).contains(7);

    list("q", new Gate(true, true, List.of(), 7));
    assertThat(refusal("q")).contains(Verdict.QUEUE_DRAINING);
  }

  @Test
  void a_full_key_refuses_its_own_fetches_only() {
    list("q", new Gate(false, false, List.of("acme/shop|a", "acme/k"), 1));

    assertThat(refusal("q")).contains(Verdict.QUEUE_FULL);
    assertThat(directory.refusal("acme", "shop|b", QueueChoice.of("q"))).isEmpty();
    assertThat(directory.refusal("acme", "shop|b", QueueChoice.of("q").key("k")))
        .contains(Verdict.QUEUE_FULL);
    assertThat(directory.refusal("other", "shop|b", QueueChoice.of("q").key("k"))).isEmpty();
  }

  @Test
  void there_is_a_queue_of_a_template_when_there_is_the_template() {
    directory.read();
    assertThat(refusal("host:a.example")).contains(Verdict.NO_SUCH_QUEUE);

    list("host:*", Gate.OPEN);

    assertThat(refusal("host:a.example")).isEmpty();
    assertThat(refusal("host:*")).contains(Verdict.NO_SUCH_QUEUE);
    assertThat(directory.ofTemplate("host:a.example").orElseThrow().settings())
        .isEqualTo(QueueSettings.DEFAULT);
  }

  @Test
  void a_template_makes_a_bounded_number_of_queues() {
    list("host:*", Gate.OPEN);
    store.names = List.of("host:a.example", "host:b.example", "q");
    directory.read();

    assertThat(refusal("host:b.example")).isEmpty();
    assertThat(refusal("host:c.example")).contains(Verdict.QUEUE_FULL);
  }

  @Test
  void what_was_read_stands_while_the_table_cannot_be_read() {
    list("q", Gate.OPEN);
    store.away(true);

    directory.read();

    assertThat(refusal("q")).isEmpty();
  }

  @Test
  void a_queue_that_was_removed_is_gone() {
    list("q", Gate.OPEN);
    store.list(new Listing("q", 1, Optional.empty(), Gate.OPEN));

    directory.read();

    assertThat(refusal("q")).contains(Verdict.NO_SUCH_QUEUE);
  }
}
