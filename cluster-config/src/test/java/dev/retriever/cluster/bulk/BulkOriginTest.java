package dev.retriever.cluster.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.bulk.BulkCommand.Answer;
import dev.retriever.cluster.bulk.BulkCommand.Change;
import dev.retriever.cluster.bulk.BulkCommand.EndPage;
import dev.retriever.cluster.bulk.BulkCommand.FindPage;
import dev.retriever.cluster.bulk.BulkCommand.Hold;
import dev.retriever.cluster.bulk.BulkCommand.Jobs;
import dev.retriever.cluster.bulk.BulkCommand.Read;
import dev.retriever.cluster.bulk.BulkCommand.Start;
import dev.retriever.cluster.bulk.BulkEvent.JobChanged;
import dev.retriever.cluster.bulk.BulkEvent.JobStarted;
import dev.retriever.cluster.bulk.BulkEvent.PageDone;
import dev.retriever.cluster.bulk.BulkEvent.PageFound;
import dev.retriever.cluster.bulk.BulkJob.After;
import dev.retriever.cluster.bulk.BulkJob.Counts;
import dev.retriever.cluster.bulk.BulkJob.State;
import dev.retriever.cluster.bulk.BulkJob.Wanted;
import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.core.AttemptRoom;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.Input;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.core.OriginState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What is decided about jobs, and how it is journaled. */
class BulkOriginTest {
  private static final Duration MARGIN = Duration.ofSeconds(10);
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final After AFTER = new After("http|acme/order", 7, Optional.empty());
  private static final Counts COUNTS = counts(3, 2, 1);

  /** Every kind of event, with every kind of value. It is recorded. */
  private static final List<BulkEvent> EVENTS =
      List.of(
          new JobStarted(1, wanted("a", 150), NOON),
          new PageDone(1, 1, Optional.of(AFTER), COUNTS, NOON.plusSeconds(11)),
          new JobChanged(1, State.PAUSED, NOON.plusSeconds(12), Optional.empty()),
          new JobChanged(1, State.RUNNING, NOON.plusSeconds(13), Optional.empty()),
          new PageDone(1, 2, Optional.empty(), counts(0, 0, 0), NOON.plusSeconds(14)),
          new JobChanged(1, State.DONE, NOON.plusSeconds(14), Optional.empty()));

  /** Of later: a job is held. It is recorded by itself. */
  private static final List<BulkEvent> HELD =
      List.of(new JobChanged(1, State.PAUSED, NOON.plusSeconds(15), Optional.of("slow")));

  /** Of later: a page of callbacks. It is recorded by itself. */
  private static final List<BulkEvent> CALLBACKS =
      List.of(
          new PageDone(
              1,
              1,
              Optional.of(new After("http|acme/order", 1_893_499_211_000L, Optional.of("~cb:57"))),
              COUNTS,
              NOON.plusSeconds(11)));

  private static final List<Item> ITEMS =
      List.of(
          new Item("http|acme/order", "order", "charge-1", 7),
          new Item("http|acme/order", "order", "~cb:57", 9));

  /** Of later: the fetches of a page. It is recorded by itself. */
  private static final List<BulkEvent> FOUND =
      List.of(new PageFound(1, 1, ITEMS, NOON.plusSeconds(10)));

  private final Machine<?, ?, BulkState> machine =
      new Machine<>(
          new BulkOrigin(),
          Machine.Rules.of(OriginSettings.from(ConfigFactory.load()), Set.of(), event -> {}));
  private FullState<BulkState> state = machine.empty();
  private final List<Object> journal = new ArrayList<>();
  private Instant now = NOON;

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static Counts counts(long made, long refused, long skipped) {
    var reasons = new TreeMap<String, Long>();
    if (refused > 0) {
      reasons.put("id-too-long", refused);
    }
    return new Counts(made, refused, skipped, reasons);
  }

  private static Wanted wanted(String id, int rate) {
    var where = new TreeMap<>(Map.of("outcome", "unknown", "label.customer", "42"));
    return new Wanted(id, "acme", "key-1", "order-*", "redrive", where, rate, 1_000);
  }

  private static final class NoRoom implements AttemptRoom {
    @Override
    public Optional<String> first(String fetchId, FetchSpec spec) {
      return Optional.empty();
    }

    @Override
    public Map<String, String> next(OriginState state, Instant until, int limit) {
      return Map.of();
    }
  }

  /** The rows that the command gives. */
  private List<Object> tell(BulkCommand command) {
    var at = new Machine.Moment("jobs", now, 0.5, new NoRoom());
    var turn = machine.turn(state, new Input.Command(command), at).turn();
    for (var row : turn.rows()) {
      state = machine.apply(state, row);
    }
    journal.addAll(turn.rows());
    return turn.rows();
  }

  private List<Object> start(String id) {
    return tell(new Start(wanted(id, 150), KIT.system().ignoreRef()));
  }

  private List<Object> endPage(long page, boolean isLast) {
    return tell(new EndPage(1, page, Optional.of(AFTER), COUNTS, isLast, KIT.system().ignoreRef()));
  }

  private BulkJob job() {
    return state.own().jobs().get(0);
  }

  @Test
  void a_page_is_one_row_and_counts_once() {
    start("a");

    assertThat(endPage(1, false)).hasSize(1);
    assertThat(endPage(1, false)).isEmpty();
    assertThat(endPage(3, false)).isEmpty();
    assertThat(endPage(2, true)).hasSize(2);

    assertThat(endPage(3, false)).isEmpty();
    assertThat(job().made()).isEqualTo(6);
    assertThat(job().refused()).isEqualTo(4);
    assertThat(job().skipped()).isEqualTo(2);
    assertThat(job().reasons()).isEqualTo(Map.of("id-too-long", 4L));
    assertThat(job().state()).isEqualTo(State.DONE);
    assertThat(job().after()).contains(AFTER);
  }

  @Test
  void a_job_has_fetches_of_before_it_began_whatever_happens_to_it() {
    start("a");
    now = NOON.plusSeconds(60);
    endPage(1, false);
    tell(new Change("acme", "a", State.PAUSED, KIT.system().ignoreRef()));
    now = NOON.plusSeconds(120);
    tell(new Change("acme", "a", State.RUNNING, KIT.system().ignoreRef()));

    assertThat(job().until()).isEqualTo(NOON);
    assertThat(job().state()).isEqualTo(State.RUNNING);
    assertThat(job().nextAt(MARGIN)).isEqualTo(NOON.plusSeconds(121));
  }

  @Test
  void a_job_that_is_held_keeps_its_number_and_place_and_goes_on_when_it_is_resumed() {
    start("a");
    endPage(1, false);

    assertThat(tell(new Hold(1, 1, "slow", KIT.system().ignoreRef()))).isEmpty();
    assertThat(tell(new Hold(1, 2, "slow", KIT.system().ignoreRef()))).hasSize(1);
    assertThat(tell(new Hold(1, 2, "slow", KIT.system().ignoreRef()))).isEmpty();

    assertThat(job().state()).isEqualTo(State.PAUSED);
    assertThat(job().why()).contains("slow");
    assertThat(BulkWriter.job(job()).get("why").asText()).isEqualTo("slow");
    tell(new Change("acme", "a", State.RUNNING, KIT.system().ignoreRef()));
    assertThat(job().why()).isEmpty();
    assertThat(job().number()).isEqualTo(1);
    assertThat(job().after()).contains(AFTER);
    assertThat(endPage(2, true)).hasSize(2);
  }

  @Test
  void a_page_has_the_fetches_of_a_second_and_begins_a_second_after_the_last_one() {
    start("a");
    assertThat(job().size()).isEqualTo(150);
    assertThat(job().nextAt(MARGIN)).isEqualTo(NOON.plusSeconds(10));
    now = NOON.plusSeconds(3_600);
    endPage(1, false);
    assertThat(job().nextAt(MARGIN)).isEqualTo(now.plusSeconds(1));

    var fast = BulkJob.begun(1, wanted("b", 1_000), NOON);
    assertThat(fast.size()).isEqualTo(200);
    assertThat(fast.withPage(Optional.empty(), counts(200, 0, 0), now).nextAt(MARGIN))
        .isEqualTo(now.plus(Duration.ofMillis(200)));
    assertThat(fast.withPage(Optional.empty(), counts(990, 0, 0), now).size()).isEqualTo(10);
  }

  private List<Object> start(String tenant, String id) {
    var it = wanted(id, 150);
    return tell(
        new Start(
            new Wanted(
                id,
                tenant,
                it.caller(),
                it.origins(),
                it.action(),
                it.where(),
                it.rate(),
                it.max()),
            KIT.system().ignoreRef()));
  }

  @Test
  void the_same_job_begins_once_and_eight_may_be_open_and_four_of_a_tenant() {
    assertThat(start("a1")).hasSize(1);
    assertThat(start("a1")).isEmpty();
    for (var n = 2; n <= 4; n++) {
      assertThat(start("a" + n)).hasSize(1);
    }
    tell(new Change("acme", "a1", State.PAUSED, KIT.system().ignoreRef()));
    assertThat(start("a5")).isEmpty();
    assertThat(start("other", "a5")).hasSize(1);
    for (var n = 6; n <= 8; n++) {
      assertThat(start("third", "a" + n)).hasSize(1);
    }
    assertThat(start("fourth", "a9")).isEmpty();

    tell(new Change("acme", "a4", State.CANCELLED, KIT.system().ignoreRef()));

    assertThat(start("fourth", "a9")).hasSize(1);
    assertThat(state.own().open()).extracting(BulkJob::number).contains(9L).doesNotContain(4L);
  }

  private static Caller caller(String tenant, String origins) {
    return new Caller(
        Caller.Method.OPEN,
        "key-2",
        new Tenant(tenant),
        EnumSet.of(Role.OPERATE),
        new OriginPattern(origins));
  }

  @Test
  void a_job_is_seen_by_callers_of_its_tenant_who_are_for_all_of_its_origins() {
    start("a");

    assertThat(job().isSeenBy(caller("acme", "*"))).isTrue();
    assertThat(job().isSeenBy(caller("acme", "order-*"))).isTrue();
    assertThat(job().isSeenBy(caller("acme", "order-1*"))).isFalse();
    assertThat(job().isSeenBy(caller("acme", "order-1"))).isFalse();
    assertThat(job().isSeenBy(caller("other", "*"))).isFalse();
  }

  @Test
  void what_has_ended_stays_as_it_is_and_is_dropped_after_30_days() {
    start("a");
    tell(new Change("acme", "a", State.CANCELLED, KIT.system().ignoreRef()));
    assertThat(tell(new Change("acme", "a", State.RUNNING, KIT.system().ignoreRef()))).isEmpty();
    assertThat(tell(new Change("other", "a", State.PAUSED, KIT.system().ignoreRef()))).isEmpty();
    assertThat(tell(new Hold(1, 1, "slow", KIT.system().ignoreRef()))).isEmpty();

    now = NOON.plus(Duration.ofDays(30));
    start("b");

    assertThat(state.own().jobs()).extracting(job -> job.wanted().id()).containsExactly("b");
    assertThat(state.own().begun()).isEqualTo(2);
  }

  @Test
  void of_many_that_ended_the_latest_200_are_kept() {
    for (var n = 1; n <= 205; n++) {
      start("a" + n);
      tell(new Change("acme", "a" + n, State.CANCELLED, KIT.system().ignoreRef()));
    }

    assertThat(state.own().jobs()).hasSizeBetween(200, 201);
    assertThat(job().wanted().id()).isIn("a5", "a6");
  }

  @Test
  void the_fetches_of_a_page_are_recorded_once_until_it_is_told() {
    start("a");

    assertThat(find(2, ITEMS)).as("not the next one").isEmpty();
    assertThat(find(1, ITEMS)).hasSize(1);
    assertThat(find(1, ITEMS.subList(0, 1))).as("of another driver").isEmpty();
    tell(new Change("acme", "a", State.PAUSED, KIT.system().ignoreRef()));
    assertThat(job().found()).isEqualTo(ITEMS);

    endPage(1, false);
    assertThat(job().found()).isEmpty();
    assertThat(find(2, ITEMS)).hasSize(1);
    tell(new Change("acme", "a", State.CANCELLED, KIT.system().ignoreRef()));
    assertThat(job().found()).isEmpty();
    assertThat(find(2, ITEMS)).isEmpty();
  }

  private List<Object> find(long page, List<Item> items) {
    return tell(new FindPage(1, page, items, KIT.system().ignoreRef()));
  }

  @Test
  void the_journal_leads_to_the_same_jobs() {
    start("a");
    endPage(1, false);
    endPage(2, true);

    var again = machine.empty();
    for (var row : journal) {
      again = machine.apply(again, row);
    }
    assertThat(again.own()).isEqualTo(state.own());
  }

  @Test
  void events_commands_and_answers_cross_the_wire() {
    var wire = new SerializationTestKit(KIT.system());
    var answers = KIT.<Answer>createTestProbe().ref();
    var jobs = KIT.<Jobs>createTestProbe().ref();
    assertThat(Stream.of(EVENTS, FOUND).flatMap(List::stream))
        .extracting(Object::getClass)
        .containsAll(Arrays.asList(BulkEvent.class.getPermittedSubclasses()));
    EVENTS.forEach(it -> wire.verifySerialization(it, true));
    CALLBACKS.forEach(it -> wire.verifySerialization(it, true));
    FOUND.forEach(it -> wire.verifySerialization(it, true));
    var job = after(EVENTS).jobs().get(0);
    List.of(
            new Start(wanted("a", 1), answers),
            new Change("acme", "a", State.PAUSED, answers),
            new Read(jobs),
            new FindPage(1, 2, ITEMS, jobs),
            new EndPage(1, 2, Optional.of(AFTER), COUNTS, true, jobs),
            new Hold(1, 2, "slow", jobs),
            new Answer(Optional.of(job), true),
            new Jobs(List.of(job)),
            after(EVENTS))
        .forEach(it -> wire.verifySerialization(it, true));
  }

  private static BulkState after(List<BulkEvent> events) {
    var state = BulkState.EMPTY;
    for (var event : events) {
      state = event.on(state);
    }
    return state;
  }

  /** The recordings are never changed: when events change, a new one is read beside them. */
  @Test
  void the_recorded_journals_are_read() throws Exception {
    assertThat(recorded("v1")).isEqualTo(EVENTS);
    assertThat(recorded("v2")).isEqualTo(HELD);
    assertThat(recorded("v3")).isEqualTo(CALLBACKS);
    assertThat(recorded("v4")).isEqualTo(FOUND);
    assertThat(after(EVENTS).jobs().get(0).made()).isEqualTo(3);
  }

  private static List<BulkEvent> recorded(String version) throws Exception {
    var mapper = mapper();
    var events = new ArrayList<BulkEvent>();
    try (var in = BulkOriginTest.class.getResourceAsStream("/bulk-journal/" + version + ".json")) {
      for (var entry : mapper.readTree(in)) {
        var type = Class.forName(BulkEvent.class.getName() + "$" + entry.get("event").asText());
        events.add((BulkEvent) mapper.treeToValue(entry.get("content"), type));
      }
    }
    return events;
  }

  private static ObjectMapper mapper() {
    return JacksonObjectMapperProvider.get(KIT.system().classicSystem())
        .create("jackson-cbor", Optional.of(new JsonFactory()));
  }

  /** Jobs of snapshots from before a job was held. */
  @Test
  void a_job_that_was_written_without_a_reason_is_read() throws Exception {
    var job = after(EVENTS).jobs().get(0);
    JsonNode tree = mapper().valueToTree(job);
    ((ObjectNode) tree).remove("why");

    assertThat(mapper().treeToValue(tree, BulkJob.class)).isEqualTo(job);
  }

  /** Prints today's events. */
  public static void main(String[] args) throws Exception {
    try {
      System.out.println(recording());
    } finally {
      stop();
    }
  }

  private static String recording() throws Exception {
    var mapper = mapper();
    var array = mapper.createArrayNode();
    for (var event : FOUND) {
      array
          .addObject()
          .put("event", event.getClass().getSimpleName())
          .set("content", mapper.valueToTree(event));
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array);
  }
}
