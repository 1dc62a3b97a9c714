package dev.retriever.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.Alarms;
import dev.retriever.alarms.Schedule;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.executor.Stage;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.EndpointSettings;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.schedules.CatchUp;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.TickRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** Whatever is logged, by whomever and at whatever level, it shows no secrets. */
class SecretsTest {
  private static final String SECRET = "s3cret";
  private static final FetchRequest REQUEST =
      FetchRequest.post("http://h/a?token=" + SECRET)
          .header("Authorization", SECRET)
          .idempotencyKey(SECRET)
          .text(SECRET);

  record Secret(String word) {}

  /** What records are made of. Other components are made of these, or are null. */
  private static final Map<Class<?>, Object> SAMPLES = new HashMap<>();

  static {
    sample(String.class, "a");
    sample(int.class, 1);
    sample(long.class, 1L);
    sample(double.class, 0.5);
    sample(boolean.class, true);
    sample(byte[].class, SECRET.getBytes(StandardCharsets.UTF_8));
    sample(Integer.class, 1);
    sample(Long.class, 1L);
    sample(Boolean.class, true);
    sample(Duration.class, Duration.ofHours(2));
    sample(Instant.class, Instant.EPOCH);
    sample(InetAddress.class, InetAddress.getLoopbackAddress());
    sample(InetSocketAddress.class, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
    sample(Stage.class, Stage.CONNECTING);
    sample(Schedule.class, Schedule.after(Duration.ZERO));
    sample(Alarms.class, Alarms.none());
    sample(Header.class, new Header("Authorization", SECRET));
    sample(Body.class, Body.utf8(SECRET));
    sample(FetchRequest.class, REQUEST);
    sample(TickRule.class, TickRule.every(Duration.ofHours(1)));
    sample(TickRule.Cron.class, TickRule.cron("0 0 * * *", ZoneOffset.UTC));
    sample(
        ScheduleSpec.class,
        ScheduleSpec.of(TickRule.every(Duration.ofHours(1)), FetchSpec.of(REQUEST)));
    sample(CatchUp.class, CatchUp.LATEST);
    sample(RetryPolicy.class, RetryPolicy.DEFAULT);
    sample(TraceContext.class, TraceContext.of("1".repeat(32), "2".repeat(16), true));
    sample(FetchSpec.class, FetchSpec.of(REQUEST));
    sample(Later.class, Later.at(Instant.EPOCH));
    sample(Continuation.class, Continuation.of("charged", Secret.class));
    sample(
        EndpointSettings.class,
        new EndpointSettings(
            REQUEST.url(),
            List.of("key"),
            Algorithm.V1,
            EndpointSettings.EVENTS,
            Callback.Payload.THIN,
            EndpointSettings.SCHEDULE,
            EndpointSettings.TIMEOUT,
            List.of(new Header("Authorization", SECRET)),
            Optional.empty()));
    sample(QueueSettings.class, QueueSettings.DEFAULT);
    sample(QueueSettings.Breaker.class, QueueSettings.Breaker.DEFAULT);
    sample(QueueSettings.RetryAfterRule.class, QueueSettings.DEFAULT.retryAfter());
    sample(QueueSettings.Rate.class, new QueueSettings.Rate(1, Duration.ofSeconds(1), 1));
    sample(
        Continuation.Bound.class,
        Continuation.of("charged", Secret.class).with(new Secret(SECRET)));
  }

  private static void sample(Class<?> type, Object value) {
    SAMPLES.put(type, value);
  }

  @Test
  void no_record_shows_a_body_a_header_value_a_context_or_a_query() throws Exception {
    var shown = new ArrayList<String>();
    var records = records();
    for (var type : records) {
      if (String.valueOf(sampleOf(type)).contains(SECRET)) {
        shown.add(type.getName());
      }
    }

    assertThat(records)
        .contains(OriginCommand.Submit.class, OriginEvent.FetchAccepted.class, Header.class)
        .hasSizeGreaterThan(80);
    assertThat(shown).isEmpty();
  }

  @Test
  void one_that_does_would_be_found() throws Exception {
    record Leak(FetchRequest request, Optional<List<Header>> headers) {
      @Override
      public String toString() {
        return headers.orElseThrow().get(0).value();
      }
    }

    assertThat(sampleOf(Leak.class)).hasToString(SECRET);
  }

  /** All records of the executors, the origins, the test kit and the simulation, but settings. */
  private static List<Class<?>> records() throws IOException {
    return Stream.of("../../fetch-executor", "..", "../testkit", ".")
        .map(module -> Path.of(module, "src", "main", "java"))
        .flatMap(SecretsTest::types)
        .flatMap(SecretsTest::withNested)
        .filter(type -> type.isRecord() && !type.getSimpleName().endsWith("Settings"))
        .toList();
  }

  private static Stream<Class<?>> types(Path root) {
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> root.relativize(file).toString().replaceAll("[/\\\\]", "."))
          .filter(name -> !name.endsWith("package-info.java"))
          .<Class<?>>map(name -> type(name.substring(0, name.length() - ".java".length())))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name, false, SecretsTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<Class<?>> withNested(Class<?> type) {
    return Stream.concat(
        Stream.of(type), Arrays.stream(type.getDeclaredClasses()).flatMap(SecretsTest::withNested));
  }

  private static Object sampleOf(Type type) throws ReflectiveOperationException {
    if (type instanceof ParameterizedType generic) {
      return sampleOf(generic);
    }
    if (!(type instanceof Class<?> plain)) {
      return null;
    }
    if (SAMPLES.containsKey(plain)) {
      return SAMPLES.get(plain);
    }
    if (plain.isEnum()) {
      return plain.getEnumConstants()[0];
    }
    if (plain.isSealed()) {
      return sampleOf(plain.getPermittedSubclasses()[0]);
    }
    return plain.isRecord() ? made(plain) : null;
  }

  private static Object sampleOf(ParameterizedType generic) throws ReflectiveOperationException {
    var arguments = generic.getActualTypeArguments();
    var raw = (Class<?>) generic.getRawType();
    if (raw == Optional.class) {
      return Optional.ofNullable(sampleOf(arguments[0]));
    }
    if (raw == List.class) {
      return Collections.singletonList(sampleOf(arguments[0]));
    }
    if (raw == Set.class) {
      return Collections.singleton(sampleOf(arguments[0]));
    }
    if (raw == Map.class || raw == PMap.class) {
      return HashTreePMap.singleton(sampleOf(arguments[0]), sampleOf(arguments[1]));
    }
    if (raw == PSortedMap.class && arguments[0] == Long.class) {
      return TreePMap.<Long, Object>singleton(1L, sampleOf(arguments[1]));
    }
    return sampleOf(raw);
  }

  private static Object made(Class<?> type) throws ReflectiveOperationException {
    var components = type.getRecordComponents();
    var parameters = Arrays.stream(components).map(RecordComponent::getType);
    Constructor<?> constructor = type.getDeclaredConstructor(parameters.toArray(Class[]::new));
    constructor.setAccessible(true);
    var arguments = new Object[components.length];
    for (var i = 0; i < components.length; i++) {
      // A tree ends here.
      var isItself = components[i].getType() == type;
      arguments[i] = isItself ? null : sampleOf(components[i].getGenericType());
    }
    try {
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException | IllegalArgumentException e) {
      throw new AssertionError("give a sample of what a " + type + " is made of", e);
    }
  }
}
