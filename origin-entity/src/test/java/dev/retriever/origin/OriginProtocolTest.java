package dev.retriever.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Timeline;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginReply;
import dev.retriever.origin.queue.wire.OriginMessage;
import dev.retriever.origin.schedules.ScheduleEvent;
import dev.retriever.origin.schedules.ScheduleRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What origins are told, answer and journal. A new message cannot come without a sample here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OriginProtocolTest {
  private final OriginFixture it = new OriginFixture(10);
  private final ActorTestKit kit = it.kit;

  @AfterAll
  void stop() {
    it.close();
  }

  List<OriginCommand> commands() {
    var schedules = kit.<OriginReply.OfSchedules>createTestProbe().ref();
    return Stream.of(plainCommands(), ScheduleProtocol.commands(schedules))
        .flatMap(List::stream)
        .toList();
  }

  private List<OriginCommand> plainCommands() {
    return Protocol.commands(
        it.replies.ref(),
        kit.<OriginReply.Request>createTestProbe().ref(),
        kit.<OriginReply.Verdicts>createTestProbe().ref(),
        kit.<OriginReply.Page>createTestProbe().ref(),
        kit.<OriginReply.Awake>createTestProbe().ref(),
        kit.<OriginReply.Redriven>createTestProbe().ref(),
        kit.<OriginReply.Origin>createTestProbe().ref(),
        kit.<OriginReply.AlarmList>createTestProbe().ref(),
        kit.<OriginReply.AlarmTaken>createTestProbe().ref(),
        kit.<OriginReply.Outcomes>createTestProbe().ref(),
        kit.<ReportAck>createTestProbe().ref());
  }

  Stream<Object> everything() {
    return Stream.of(
            commands(),
            replies(),
            Protocol.journal(),
            ScheduleProtocol.journal(),
            acks(),
            Protocol.ofQueues(),
            Protocol.toQueues())
        .flatMap(List::stream);
  }

  Stream<Object> eventsAndReplies() {
    return Stream.of(
            Protocol.journal(),
            ScheduleProtocol.journal(),
            replies(),
            Protocol.ofQueues(),
            Protocol.toQueues())
        .flatMap(List::stream);
  }

  private static List<OriginReply> replies() {
    return Stream.of(Protocol.replies(), ScheduleProtocol.replies()).flatMap(List::stream).toList();
  }

  private static List<Object> acks() {
    return List.of(new ReportAck(Protocol.KEY));
  }

  private static void covers(Class<?> root, List<?> samples) {
    assertThat(samples.stream().<Class<?>>map(Object::getClass).distinct())
        .containsExactlyInAnyOrder(root.getPermittedSubclasses());
  }

  @Test
  void there_is_a_sample_of_everything() {
    covers(OriginCommand.class, commands());
    var events = new ArrayList<Class<?>>(List.of(OriginEvent.class.getPermittedSubclasses()));
    events.remove(OriginEvent.OfSchedule.class);
    assertThat(Protocol.wholeJournal().stream().<Class<?>>map(Object::getClass).distinct())
        .containsExactlyInAnyOrderElementsOf(events);
    covers(ScheduleEvent.class, ScheduleProtocol.events());
    covers(ScheduleRequest.class, ScheduleProtocol.requests());
    covers(Outcome.class, Protocol.OUTCOMES);
    covers(dev.retriever.executor.Report.class, Protocol.REPORTS);
    covers(OriginReply.class, replies());
    covers(OriginMessage.class, Protocol.ofQueues());
  }

  @ParameterizedTest
  @MethodSource("everything")
  void it_survives_the_wire_and_the_journal(Object message) {
    var serialization = SerializationExtension.get(kit.system());

    assertThat(serialization.findSerializerFor(message).getClass().getSimpleName())
        .isEqualTo("JacksonCborSerializer");
    new SerializationTestKit(kit.system()).verifySerialization(message, true);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_is_handled(OriginCommand command) {
    try (var fresh = new OriginFixture(1)) {
      if (command instanceof OriginCommand.ReportArrived arrived) {
        fresh.strays.isNew(arrived.report().key()); // else it recovers first
      }
      fresh.origin.tell(command);
      if (command instanceof OriginCommand.Stop) {
        fresh.replies.expectTerminated(fresh.origin);
      } else {
        // Were it not handled, the origin would fail, and answer only after time has passed.
        assertThatCode(() -> fresh.read("nobody")).doesNotThrowAnyException();
      }
    }
  }

  static List<OriginMessage> ofQueues() {
    return Protocol.ofQueues();
  }

  @ParameterizedTest
  @MethodSource("ofQueues")
  void every_message_of_a_queue_is_handled(OriginMessage message) {
    try (var fresh = new OriginFixture(1)) {
      fresh.origin.tell(message);

      assertThatCode(() -> fresh.read("nobody")).doesNotThrowAnyException();
    }
  }

  /** Helpers of persisted types must not look like properties. */
  @ParameterizedTest
  @MethodSource("eventsAndReplies")
  void bytes_hold_the_components_of_records_and_nothing_else(Object message) throws Exception {
    var bytes = SerializationExtension.get(kit.system()).serialize(message).get();
    var names = new HashSet<String>();
    collectNames(new ObjectMapper(new CBORFactory()).readTree(bytes), names);

    assertThat(names).isSubsetOf(components(message.getClass(), new HashSet<>()));
  }

  private static void collectNames(JsonNode node, Set<String> names) {
    node.fieldNames().forEachRemaining(names::add);
    node.forEach(child -> collectNames(child, names));
  }

  /**
   * The names of all record components that can be reached, of the type of a union, and of the
   * stages by which a timeline is written.
   */
  private static Set<String> components(Class<?> type, Set<Class<?>> seen) {
    var names = new HashSet<>(Set.of("type"));
    if (seen.add(type)) {
      if (type.isSealed()) {
        Arrays.stream(type.getPermittedSubclasses())
            .forEach(member -> names.addAll(components(member, seen)));
      }
      if (type == Timeline.class) {
        Arrays.stream(Stage.values()).map(Stage::name).forEach(names::add);
      }
      if (type.isRecord()) {
        for (var component : type.getRecordComponents()) {
          names.add(component.getName());
          classesIn(component.getGenericType())
              .forEach(part -> names.addAll(components(part, seen)));
        }
      }
    }
    return names;
  }

  private static Stream<Class<?>> classesIn(java.lang.reflect.Type type) {
    if (type instanceof Class<?> plain) {
      return Stream.of(plain);
    }
    var generic = (java.lang.reflect.ParameterizedType) type;
    return Arrays.stream(generic.getActualTypeArguments()).flatMap(OriginProtocolTest::classesIn);
  }
}
