package dev.retriever.origin.queue.entity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueOperations.Drain;
import dev.retriever.origin.queue.QueueOperations.FreeSlot;
import dev.retriever.origin.queue.QueueOperations.Hold;
import dev.retriever.origin.queue.QueueOperations.Operation;
import dev.retriever.origin.queue.QueueOperations.Pause;
import dev.retriever.origin.queue.QueueOperations.Purge;
import dev.retriever.origin.queue.QueueOperations.Release;
import dev.retriever.origin.queue.QueueOperations.Result;
import dev.retriever.origin.queue.QueueOperations.Resume;
import dev.retriever.origin.queue.QueueOperations.SetBreaker;
import dev.retriever.origin.queue.core.BreakerChange;
import dev.retriever.origin.queue.core.KeyId;
import dev.retriever.origin.queue.rows.QueueRows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Each event, message and answer of queues crosses the wire, and old journals are read. */
class QueueProtocolTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant THEN = AT.plusSeconds(60);

  private static final List<QueueEvent> EVENTS =
      List.of(
          new QueueEvent.Incarnated(AT),
          new QueueEvent.Configured(SettingsJson.write(SettingsJsonTest.FULL), 7, AT),
          new QueueEvent.Paused(Optional.empty(), "maintenance", AT),
          new QueueEvent.Paused(Optional.of(THEN), "maintenance", AT),
          new QueueEvent.Draining(AT),
          new QueueEvent.Resumed(AT),
          new QueueEvent.Held(THEN, Optional.empty(), "429 of o/f", AT),
          new QueueEvent.Held(THEN, Optional.of(new KeyId("acme", "k")), "503 of o/f", AT),
          new QueueEvent.Released(AT),
          new QueueEvent.PurgeMarked(10, AT, Optional.of("k"), AT),
          new QueueEvent.PurgeDone(10, AT),
          new QueueEvent.BreakerChanged(
              new BreakerChange(
                  BreakerChange.State.OPEN,
                  BreakerMode.AUTO,
                  Optional.of(THEN),
                  2,
                  Optional.empty()),
              AT),
          new QueueEvent.BreakerChanged(
              new BreakerChange(
                  BreakerChange.State.HALF_OPEN,
                  BreakerMode.AUTO,
                  Optional.empty(),
                  2,
                  Optional.of(1L << 32 | 5)),
              AT),
          new QueueEvent.Removed(7, AT));

  private static final List<Operation> OPERATIONS =
      List.of(
          new Pause(Optional.of(THEN), "maintenance"),
          new Resume(),
          new Drain(),
          new Hold(THEN, "deploy"),
          new Release(),
          new Purge(AT, Optional.of("k")),
          new SetBreaker(BreakerMode.OPEN),
          new FreeSlot(3));

  private final SerializationTestKit wire = new SerializationTestKit(KIT.system());

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void there_is_a_sample_of_each_event_and_operation() {
    assertThat(EVENTS).extracting(Object::getClass).containsAll(permitted(QueueEvent.class));
    assertThat(OPERATIONS).extracting(Object::getClass).containsAll(permitted(Operation.class));
  }

  private static List<Class<?>> permitted(Class<?> root) {
    return Arrays.asList(root.getPermittedSubclasses());
  }

  @Test
  void events_cross_the_wire() {
    EVENTS.forEach(it -> wire.verifySerialization(it, true));
  }

  @Test
  void commands_and_answers_cross_the_wire() {
    var changes = KIT.<QueueReply.Changed>createTestProbe().ref();
    var messages = new ArrayList<Object>();
    for (var operation : OPERATIONS) {
      messages.add(new QueueCommand.Operate(operation, changes));
    }
    messages.add(new QueueCommand.Configure(SettingsJsonTest.FULL, Optional.of(3L), changes));
    messages.add(new QueueCommand.Remove(Optional.empty(), changes));
    messages.add(
        new QueueCommand.ReadKeys(
            Optional.of("a"), 5, KIT.<QueueReply.Keys>createTestProbe().ref()));
    messages.add(
        new QueueCommand.Explain(
            "shop", "a", "k", 3, KIT.<QueueReply.Explained>createTestProbe().ref()));
    messages.add(new QueueCommand.MemberLeft());
    messages.add(new QueueReply.Changed(Result.NOT_EMPTY, Optional.empty()));
    messages.add(new QueueReply.Explained(Optional.empty()));

    messages.forEach(it -> wire.verifySerialization(it, true));
  }

  @Test
  void a_view_crosses_the_wire() {
    try (var on = new QueueFixture()) {
      on.configure(SettingsJsonTest.FULL);

      wire.verifySerialization(new QueueReply.Read(Optional.of(on.view())), true);
    }
  }

  /** The recording is never changed: when events change, a new one is read beside it. */
  @Test
  void the_recorded_journal_leads_to_the_recorded_state() throws Exception {
    var mapper =
        JacksonObjectMapperProvider.get(KIT.system().classicSystem())
            .create("jackson-cbor", Optional.of(new JsonFactory()));
    var events = new ArrayList<QueueEvent>();
    try (var in = getClass().getResourceAsStream("/queue-journal/v1.json")) {
      for (var entry : mapper.readTree(in)) {
        var type = Class.forName(QueueEvent.class.getName() + "$" + entry.get("event").asText());
        events.add((QueueEvent) mapper.treeToValue(entry.get("content"), type));
      }
    }

    assertThat(events).isEqualTo(EVENTS);
    var state = QueueState.NONE;
    for (var event : events) {
      state = state.after(event);
    }
    assertThat(state.row()).isEqualTo(EVENTS.size());
    assertThat(state.epoch()).isEqualTo(1);
    assertThat(state.version()).isEqualTo(7);
    assertThat(state.settings()).isEmpty();
  }

  @Test
  void settings_and_their_removal_are_written_into_the_table_of_queues() {
    var settings = SettingsJson.write(SettingsJsonTest.FULL);

    assertThat(new QueueEvent.Configured(settings, 7, AT).listed("q"))
        .contains(new QueueRows.Listed("q", 7, Optional.of(settings)));
    assertThat(new QueueEvent.Removed(7, AT).listed("q"))
        .contains(new QueueRows.Listed("q", 7, Optional.empty()));
    assertThat(new QueueEvent.Incarnated(AT).listed("q")).isEmpty();
  }

  /** Prints today's events. */
  public static void main(String[] args) throws Exception {
    var mapper =
        JacksonObjectMapperProvider.get(KIT.system().classicSystem())
            .create("jackson-cbor", Optional.of(new JsonFactory()));
    var array = mapper.createArrayNode();
    for (var event : EVENTS) {
      array
          .addObject()
          .put("event", event.getClass().getSimpleName())
          .set("content", mapper.valueToTree(event));
    }
    System.out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array));
    stop();
  }
}
