package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The open fetches of one origin send more bytes than its node has heap to copy them: what is at
 * rest, the snapshot at the hundredth row, and what it recovers from do not hold them.
 */
class OpenBodiesTest {
  private static final String HEAP = "-Xmx128m";
  private static final int FETCHES = 110;
  private static final int BYTES = 500_000;
  private static final Pattern READY = Pattern.compile("retriever node ready api=(\\S+)");

  @TempDir private Path directory;
  private final TestTarget target = new TestTarget();
  private Process process;
  private Api api;

  @BeforeEach
  void start() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        new ArrayList<>(List.of(java, HEAP, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Dretriever.executor.transport.identify-attempts=on");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("--http-port", "0", "--management-port", "0", "--remoting-port", "0"));
    command.addAll(List.of("--egress-allow", "127.0.0.0/8"));
    command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
    var log = directory.resolve("node-" + System.nanoTime() + ".log");
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Eventually.becomes(true, () -> READY.matcher(read(log)).find() || !process.isAlive());
    assertThat(process.isAlive()).as(() -> read(log)).isTrue();
    var ready = READY.matcher(read(log));
    assertThat(ready.find()).isTrue();
    api = new Api(ready.group(1));
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @AfterEach
  void stop() {
    kill();
    target.close();
  }

  private void kill() {
    process.destroyForcibly().onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static String body(int number) {
    return String.valueOf((char) ('a' + number % 26)).repeat(BYTES);
  }

  /** Until there is memory for it. */
  private void submit(int number) {
    var json =
        Api.json(
            """
            {'id': 'f%d', 'timeout': '10m', 'within': '20m', 'retry': {'maxAttempts': 3},
             'request': {'method': 'PUT', 'url': '%s', 'body': '%s'}}
            """,
            number, target.url("/held/all"), body(number));
    Eventually.becomes(
        202,
        () -> {
          var status = api.submit("o", json).status();
          assertThat(status).as("of f%d", number).isIn(202, 429, 503);
          return status;
        });
  }

  @Test
  void a_node_with_a_small_heap_holds_them_recovers_after_a_kill_and_sends_each_body_whole()
      throws Exception {
    for (var i = 0; i < FETCHES; i++) {
      submit(i);
    }
    assertThat(process.isAlive()).isTrue();

    kill();
    start();
    target.release("all");

    for (var i = 0; i < FETCHES; i++) {
      var settled = api.settled(Api.fetch("o", "f" + i));
      assertThat(settled.at("/outcome/type")).as(settled.text()).isEqualTo("answered");
      for (var hit : target.hits("f" + i)) {
        assertThat(hit.text().equals(body(i))).as("the body of f%d", i).isTrue();
      }
    }
    assertThat(process.isAlive()).isTrue();
  }
}
