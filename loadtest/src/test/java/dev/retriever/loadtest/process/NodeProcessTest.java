package dev.retriever.loadtest.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.loadtest.TalkingProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeProcessTest {
  @TempDir private Path directory;

  private NodeProcess process(String mode) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        List.of(
            java,
            "-cp",
            System.getProperty("java.class.path"),
            TalkingProcess.class.getName(),
            mode);
    return new NodeProcess(
        command,
        Map.of("RETRIEVER_DATA_DIR", directory.resolve("data").toString()),
        directory.resolve("node.log"));
  }

  @Test
  void the_ready_line_tells_all_addresses() {
    var line =
        "retriever node ready api=http://127.0.0.1:8080 management=http://127.0.0.1:8558"
            + " remoting=127.0.0.1:17355";

    assertThat(NodeProcess.Ready.parse(line))
        .contains(
            new NodeProcess.Ready(
                URI.create("http://127.0.0.1:8080"),
                URI.create("http://127.0.0.1:8558"),
                "127.0.0.1:17355"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "12:00:00 INFO retriever node ready api=http://a management=http://b",
        "retriever node ready api=http://127.0.0.1:8080",
        "retriever node ready api= management=http://127.0.0.1:8558 remoting=127.0.0.1:1",
        "retriever node starting"
      })
  void other_lines_are_not_the_ready_line(String line) {
    assertThat(NodeProcess.Ready.parse(line)).isEmpty();
  }

  @Test
  void a_process_that_is_killed_starts_again_on_the_same_data_and_log() throws Exception {
    try (var node = process("ready")) {
      node.start();
      var first = node.pid();
      assertThat(node.api()).isEqualTo(URI.create("http://127.0.0.1:1"));
      assertThat(node.management()).isEqualTo(URI.create("http://127.0.0.1:2"));
      assertThatThrownBy(node::start).hasMessageContaining("running");

      node.kill();
      assertThat(ProcessHandle.of(first)).isEmpty();
      node.start();

      assertThat(node.pid()).isNotEqualTo(first);
      assertThat(Files.readString(directory.resolve("node.log")))
          .contains("data=" + directory.resolve("data"))
          .containsSubsequence("a log line", "ready", "a log line", "ready");
    }
  }

  @Test
  void a_closed_process_is_gone_and_does_not_start_again() throws Exception {
    var node = process("ready");
    node.start();
    var pid = node.pid();

    node.close();

    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThatThrownBy(node::start).isInstanceOf(IOException.class);
  }

  @Test
  void a_process_that_ends_too_early_is_reported_with_its_last_lines() {
    try (var node = process("broken")) {
      assertThatThrownBy(node::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("ended before it was ready")
          .hasMessageContaining("no database")
          .hasMessageNotContaining("line 0\n");
    }
  }
}
