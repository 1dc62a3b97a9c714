package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.server.TargetServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadTestTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... args) {
    return LoadTest.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "demo --help",
        "target --help",
        "loadtest --help",
        "loadtest list --help",
        "loadtest run --help",
        "loadtest cost --help",
        "loadtest report --help",
        "simulate --help"
      })
  void every_command_has_help(String line) {
    assertThat(execute(line.split(" "))).isZero();
    assertThat(out.toString()).contains("Usage: retriever");
  }

  @Test
  void the_scenarios_are_listed() {
    assertThat(execute("loadtest", "list")).isZero();
    assertThat(out.toString())
        .contains("E. Bounds")
        .contains("throughput")
        .contains("fetches 5000/300, concurrency 256/64, origins 1000/100");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fly",
        "loadtest",
        "loadtest run",
        "loadtest run nothing",
        "loadtest run throughput --fetches 0",
        "loadtest run throughput --fetches many",
        "loadtest run throughput --concurrency 20001",
        "loadtest run throughput --alarms 5",
        "loadtest run throughput --set nothing=5",
        "loadtest run throughput --only lone",
        "loadtest run throughput --database oracle",
        "loadtest run throughput throughput --out x.json",
        "loadtest run throughput bounds --at-once 2",
        "loadtest run throughput bounds --quick --at-once 0",
        "loadtest run throughput bounds --quick --at-once 17",
        "loadtest run kills --only lone,nothing",
        "loadtest run throughput --fetches -1",
        "loadtest run all --full --quick",
        "loadtest run throughput --full --fetches 5",
        "loadtest run throughput --full --out x.json",
        "loadtest run throughput --again",
        "loadtest run throughput --compare no/such/file",
        "target --port 70000",
        "simulate --seeds 0",
        "simulate --seeds 2 --trace",
        "simulate --threads 0",
        "simulate --stop-after 0",
        "simulate --fetches 1001",
        "simulate --faults crash,nothing",
        "simulate --without nothing",
        "simulate --from 9223372036854775807"
      })
  void wrong_arguments_are_exit_code_two_with_the_reason(String line) {
    assertThat(execute(line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).isNotBlank().doesNotContain("\tat ");
  }

  @Test
  void a_command_is_required() {
    assertThat(execute()).isEqualTo(2);
    assertThat(err.toString()).contains("Missing command");
  }

  @Test
  void an_unknown_scenario_is_answered_with_those_there_are() {
    execute("loadtest", "run", "thruput");

    assertThat(err.toString()).contains("thruput").contains("there is limits, dispatch");
  }

  @Test
  void a_mistyped_scenario_is_answered_with_the_one_that_may_be_meant() {
    execute("loadtest", "run", "thruput");
    assertThat(err.toString()).doesNotContain("is \"bars\" meant?");

    execute("loadtest", "run", "troughput");
    assertThat(err.toString()).contains("is \"throughput\" meant?");
  }

  @Test
  void the_scenarios_and_the_record_are_there_for_other_programs() throws Exception {
    assertThat(execute("loadtest", "list", "--json")).isZero();

    var listed = new com.fasterxml.jackson.databind.ObjectMapper().readTree(out.toString());
    assertThat(listed.findValuesAsText("name")).contains("throughput");
    assertThat(listed.get(0).path("sizes").get(0).path("planned").path("least").asInt())
        .isPositive();
  }

  @Test
  void a_report_of_nothing_says_what_to_do() {
    assertThat(execute("loadtest", "report", "--results", "no/such/directory")).isEqualTo(3);
    assertThat(err.toString()).contains("there is no no/such/directory; run scenarios first");
  }

  @Test
  void an_unknown_fault_is_answered_with_those_there_are() {
    execute("simulate", "--without", "crush");

    assertThat(err.toString()).contains("crush").contains("there is crash, crash-before-write");
  }

  @Test
  void a_simulation_in_which_every_promise_is_kept_is_exit_code_zero() {
    var line = "simulate --seeds 1 --faults none --without crash --fetches 2";

    assertThat(execute(line.split(" "))).isZero();
  }

  @Test
  void a_run_that_cannot_start_ends_with_exit_code_three_and_one_line() throws IOException {
    try (var taken = TargetServer.start(0, Optional.empty())) {
      assertThat(execute("target", "--port", String.valueOf(taken.port()))).isEqualTo(3);
      assertThat(err.toString().lines()).hasSize(1);
      assertThat(err.toString()).contains("cannot listen on 127.0.0.1:" + taken.port());
    }
  }
}
