package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.Eventually;
import dev.retriever.cluster.metrics.JournalMeter;
import dev.retriever.executor.memory.ByteAccount;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;

/** One writer to a database that commits when the test says so. */
class JournalWritersTest {
  private static final int WAITING = 5;
  private static final long BATCH_BYTES = 1_000;
  private static final long ALL_BYTES = 3_000;

  /** What a commit ends with. */
  private enum End {
    DONE,
    CONFLICT,
    STALE,
    DEADLOCK,
    DEADLOCK_OF_H2,
    BROKEN
  }

  /** The ids of the rows of each batch, as it reaches the database. */
  private final BlockingQueue<List<String>> batches = new LinkedBlockingQueue<>();

  private final BlockingQueue<End> ends = new SynchronousQueue<>();
  private final ByteAccount bytes = new ByteAccount(ALL_BYTES);
  private final JournalWriters writers =
      new JournalWriters(
          this::connection,
          (connection, write) -> PostgresWrite.execute(connection, write, "here"),
          new JournalWriters.Limits(1, 3, BATCH_BYTES, WAITING),
          bytes,
          JournalMeter.NONE);

  @AfterEach
  void stop() {
    writers.stop();
  }

  private Connection connection() {
    return proxy(
        Connection.class,
        (method, args) ->
            switch (method) {
              case "createArrayOf" -> array((Object[]) args[1]);
              case "prepareStatement" -> statement();
              default -> null;
            });
  }

  private static Array array(Object[] elements) {
    return proxy(Array.class, (method, args) -> elements);
  }

  private PreparedStatement statement() {
    return proxy(
        PreparedStatement.class,
        (method, args) -> {
          if (method.equals("setArray") && (int) args[0] == 2) {
            var ids = (Object[]) ((Array) args[1]).getArray();
            batches.add(Stream.of(ids).map(String.class::cast).toList());
          } else if (method.equals("execute")) {
            return ended();
          }
          return null;
        });
  }

  private boolean ended() throws SQLException, InterruptedException {
    return switch (ends.take()) {
      case DONE -> false;
      case CONFLICT -> throw new SQLException("it is there already", "23505");
      case STALE -> throw new SQLException("the grant is stale", "23502");
      case DEADLOCK -> throw new SQLException("two wait for each other", "40P01");
      case DEADLOCK_OF_H2 -> throw new SQLException("two wait for each other", "40001");
      case BROKEN -> throw new SQLException("the connection is broken", "08006");
    };
  }

  @FunctionalInterface
  private interface Calls {
    Object call(String method, Object[] args) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Calls calls) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, args) -> calls.call(method.getName(), args)));
  }

  private Future<BoxedUnit> write(String id) {
    return writers.write(new JournalWrite(List.of(PostgresWriteTest.row(id, 1)), new TreeMap<>()));
  }

  private Future<BoxedUnit> write(String id, int size) {
    var rows = List.of(PostgresWriteTest.row(id, 1, new byte[size]));
    return writers.write(new JournalWrite(rows, new TreeMap<>()));
  }

  private List<String> begun() throws InterruptedException {
    return batches.poll(30, TimeUnit.SECONDS);
  }

  private static String end(Future<BoxedUnit> write) {
    try {
      FutureConverters.asJava(write).toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
      return "written";
    } catch (CompletionException e) {
      var cause = e.getCause().getCause();
      return (cause == null ? e.getCause() : cause).getMessage();
    }
  }

  @Test
  void writes_that_come_during_a_batch_form_the_next_batch() throws InterruptedException {
    var a = write("a");
    assertThat(begun()).containsExactly("a");
    var b = write("b");
    var c = write("c");
    assertThat(b.isCompleted()).isFalse();

    ends.put(End.DONE);
    assertThat(end(a)).isEqualTo("written");
    assertThat(begun()).containsExactly("b", "c");
    ends.put(End.DONE);
    assertThat(List.of(end(b), end(c))).containsOnly("written");
  }

  @Test
  void nothing_is_added_to_a_full_batch() throws InterruptedException {
    write("a");
    begun();
    Stream.of("b", "c", "d", "e").forEach(this::write);

    ends.put(End.DONE);
    assertThat(begun()).containsExactly("b", "c", "d");
    ends.put(End.DONE);
    assertThat(begun()).containsExactly("e");
  }

  @Test
  void a_replaced_writer_does_not_fail_the_others() throws InterruptedException {
    write("a");
    begun();
    var b = write("b");
    var replaced = write("replaced");
    var c = write("c");
    ends.put(End.DONE);
    assertThat(begun()).containsExactly("b", "replaced", "c");

    ends.put(End.CONFLICT);
    for (var end : List.of(End.DONE, End.CONFLICT, End.DONE)) {
      assertThat(begun()).hasSize(1);
      ends.put(end);
    }

    assertThat(List.of(end(b), end(c))).containsOnly("written");
    assertThat(end(replaced)).isEqualTo("it is there already");
  }

  @ParameterizedTest
  @EnumSource(names = {"STALE", "DEADLOCK", "DEADLOCK_OF_H2"})
  void what_a_queue_refuses_of_one_origin_does_not_fail_the_others(End refusal)
      throws InterruptedException {
    write("a");
    begun();
    var b = write("b");
    var refused = write("refused");
    ends.put(End.DONE);
    assertThat(begun()).containsExactly("b", "refused");

    ends.put(refusal);
    for (var end : List.of(End.DONE, refusal)) {
      assertThat(begun()).hasSize(1);
      ends.put(end);
    }

    assertThat(end(b)).isEqualTo("written");
    assertThat(end(refused)).isNotEqualTo("written");
  }

  /** Whether it was committed cannot be known, so it is not tried again. */
  @Test
  void with_a_broken_connection_all_of_a_batch_fails_and_the_next_is_tried()
      throws InterruptedException {
    write("a");
    begun();
    var b = write("b");
    var c = write("c");
    ends.put(End.DONE);
    begun();

    ends.put(End.BROKEN);
    assertThat(List.of(end(b), end(c))).containsOnly("the connection is broken");
    var d = write("d");
    assertThat(begun()).containsExactly("d");
    ends.put(End.DONE);
    assertThat(end(d)).isEqualTo("written");
  }

  @Test
  void a_write_above_those_that_may_wait_fails() throws InterruptedException {
    write("a");
    begun();
    for (var n = 0; n < WAITING; n++) {
      write("waits" + n);
    }

    assertThat(end(write("more"))).contains("5 writes wait").contains("jdbc-journal.bufferSize");
  }

  @Test
  void nothing_is_added_to_a_batch_that_would_have_too_many_bytes_with_it()
      throws InterruptedException {
    write("a");
    begun();
    write("b", 600);
    write("c", 600);

    ends.put(End.DONE);
    assertThat(begun()).containsExactly("b");
    ends.put(End.DONE);
    assertThat(begun()).containsExactly("c");
  }

  @Test
  void a_write_that_is_larger_than_a_batch_may_be_goes_alone() throws InterruptedException {
    write("a");
    begun();
    write("b", 10);
    write("large", (int) BATCH_BYTES + 1);
    write("c", 10);

    ends.put(End.DONE);
    for (var id : List.of("b", "large", "c")) {
      assertThat(begun()).containsExactly(id);
      ends.put(End.DONE);
    }
  }

  @Test
  void a_write_above_the_bytes_that_may_wait_fails_and_the_next_that_fits_does_not()
      throws InterruptedException {
    write("a", 900);
    begun();
    write("b", 900);

    assertThat(end(write("more", 1_100))).contains("bytes").contains("retriever.memory");
    var fits = write("fits", 100);
    for (var left = 0; left < 2; left++) {
      ends.put(End.DONE);
    }
    ends.put(End.DONE);
    assertThat(end(fits)).isEqualTo("written");
  }

  @Test
  void however_writes_end_their_bytes_are_given_back() throws InterruptedException {
    var written = write("a", 300);
    begun();
    var broken = write("b", 300);
    ends.put(End.DONE);
    begun();
    var waits = write("waits", 300);
    ends.put(End.BROKEN);
    begun();
    ends.put(End.DONE);

    assertThat(List.of(end(written), end(broken), end(waits)))
        .containsExactly("written", "the connection is broken", "written");
    write("d", 300);
    begun();
    var stopped = write("stopped", 300);
    writers.stop();
    end(stopped);
    end(write("late", 300));
    ends.offer(End.DONE, 1, TimeUnit.SECONDS);
    Eventually.becomes(0L, bytes::held);
  }

  @Test
  void writes_that_wait_when_the_writers_stop_fail() throws InterruptedException {
    write("a");
    begun();
    var waits = write("waits");

    writers.stop();

    assertThat(end(waits)).contains("the node stops");
    assertThat(end(write("late"))).contains("the node stops");
  }
}
