package dev.retriever.cluster.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.cli.Cli;
import dev.retriever.cli.Surroundings;
import dev.retriever.client.wire.ClientTime;
import dev.retriever.cluster.Eventually;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.SharedNode;
import dev.retriever.cluster.TestTarget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands against a real node; what they send and get is compared with the contract. */
@ExtendWith(SharedNode.class)
class CliNodeTest {
  @TempDir Path home;

  private final RunningNode node;
  private final TestTarget target;

  CliNodeTest(RunningNode node, TestTarget target) {
    this.node = node;
    this.target = target;
  }

  /** How a command ended. */
  private record Ran(int code, String out, String err) {
    JsonNode json() {
      try {
        return new ObjectMapper().readTree(out);
      } catch (JsonProcessingException e) {
        throw new AssertionError(out, e);
      }
    }

    Ran fine() {
      assertThat(code).as(err).isZero();
      return this;
    }
  }

  /** Words that are separated by blanks. */
  private Ran ran(String words) {
    return ran("", false, words.split(" "));
  }

  private Ran ran(String input, boolean isTerminal, String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    var around =
        new Surroundings(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            Map.of(
                "HOME", home.toString(),
                "RETRIEVER_URL", node.api().url(),
                "RETRIEVER_MANAGEMENT", node.management().url()),
            isTerminal,
            ClientTime.SYSTEM,
            Optional.of(new GuardedHttpClient()));
    return new Ran(Cli.run(around, args), out.toString(), err.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "/ok,0,answered 200",
    "/status/404,10,answered 404",
    "/drop --method POST,12,unknown after",
  })
  void running_a_fetch_ends_with_a_code_by_its_outcome(String path, int code, String says) {
    var ran = ran("fetch run cli-run " + target.url(path));

    assertThat(ran.code()).as(ran.err()).isEqualTo(code);
    assertThat(ran.out()).contains(says);
  }

  @Test
  void a_fetch_that_was_not_sent_or_was_taken_back_ends_with_its_own_code() {
    ran("queue set cli-codes concurrency=1").fine();
    ran("queue pause cli-codes --reason test").fine();
    var failed =
        ran(
            "fetch run cli-codes "
                + target.url("/ok")
                + " --queue cli-codes --within 200ms --id f");
    ran("fetch submit cli-codes " + target.url("/ok") + " --delay 1h --id c").fine();
    var waiting = ran("fetch get cli-codes c");
    ran("fetch cancel cli-codes c").fine();

    assertThat(failed.code()).as(failed.out() + failed.err()).isEqualTo(11);
    assertThat(failed.out())
        .contains("failed at queued: deadline-passed", "a new fetch cannot do anything twice");
    assertThat(waiting.code()).isEqualTo(14);
    assertThat(ran("fetch get cli-codes c").code()).isEqualTo(13);
    assertThat(ran("fetch watch cli-codes c").code()).isEqualTo(13);
    ran("queue remove cli-codes").fine();
  }

  @Test
  void a_fetch_has_what_its_options_say() throws IOException {
    var body = Files.writeString(home.resolve("body"), "{\"a\": 1}");
    ran("fetch submit cli-options "
            + target.url("/echo")
            + " --id a -H X-A:1 -H X-A:2 -d @"
            + body
            + " --attempts 3 --timeout 5s --within 1m --label cli=options --idempotency-key k")
        .fine();
    var shown = ran("fetch get cli-options a --wait 30s -o json").fine().json();
    var found = ran("search label.cli=options -o json").fine().json();

    assertThat(shown.at("/outcome/body").asText()).isEqualTo("{\"a\": 1}");
    assertThat(found).hasSize(1);
    assertThat(found.get(0).path("method").asText()).isEqualTo("POST");
    assertThat(ran("search label.cli=options --by outcome").fine().out())
        .contains("answered  1", "1 fetches");
  }

  @Test
  void a_submission_may_be_a_file_or_standard_input() {
    var submission = "{\"id\": \"a\", \"request\": {\"url\": \"" + target.url("/ok") + "\"}}";
    var ran = ran(submission, false, "fetch", "submit", "cli-file", "--file", "-");
    var again = ran(submission, false, "fetch", "submit", "cli-file", "--file", "-");

    assertThat(ran.fine().out()).startsWith("a is durable");
    assertThat(again.fine().out()).startsWith("a was there already");
    assertThat(ran("fetch run cli-file").err())
        .contains("a fetch is a URL or a file", "next: Give a URL, or --file FILE");
  }

  @Test
  void fetches_are_listed_in_pages_and_followed_as_they_settle() {
    for (var id : new String[] {"a", "b", "c"}) {
      ran("fetch run cli-list " + target.url("/ok") + " --id " + id).fine();
    }
    var page = ran("fetch list cli-list --limit 2").fine();
    var cursor = page.err().strip().replace("more with --cursor ", "");

    assertThat(page.out().lines()).hasSize(3).anyMatch(it -> it.startsWith("a   settled"));
    assertThat(ran("fetch list cli-list --cursor " + cursor).fine().out()).contains("c   settled");
    assertThat(ran("fetch watch cli-list --from start --count 3 --wait 30s").fine().out().lines())
        .hasSize(3)
        .allMatch(it -> it.endsWith("answered 200"));
    assertThat(ran("fetch list cli-nobody").fine().out().strip()).isEqualTo("no fetches");
  }

  @Test
  void a_settled_fetch_is_made_again_and_erased_only_when_somebody_says_so() {
    ran("fetch run cli-again " + target.url("/ok") + " --id a").fine();
    var made = ran("fetch redrive cli-again a").fine().out();
    ran("fetch redrive cli-again a --id b").fine();
    var unasked = ran("fetch erase cli-again a");

    assertThat(made).startsWith("a~r");
    assertThat(unasked.code()).isEqualTo(1);
    assertThat(unasked.err()).contains("give --yes", "nothing was done");
    assertThat(ran("n\n", true, "fetch", "erase", "cli-again", "a").code()).isEqualTo(1);
    assertThat(ran("y\n", true, "fetch", "erase", "cli-again", "a").fine().out())
        .startsWith("a: erasure is ");
  }

  @Test
  void a_refusal_is_a_sentence_and_a_next_step() {
    var ran = ran("fetch submit cli-refused " + target.url("/ok") + " --queue none-such");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines()).first().asString().startsWith("retriever: 422 no-such-queue: ");
    assertThat(ran.err()).contains("  next: Have an operator make the queue.");
    assertThat(ran("fetch get cli-refused none").err()).contains("404 not-found");
    assertThat(ran("fetch nonsense").code()).isEqualTo(2);
    assertThat(ran("fetch").err()).contains("Missing command", "next: retriever fetch --help");
  }

  @Test
  void a_queue_is_set_shown_and_operated() {
    assertThat(ran("queue set cli-q concurrency=7 rate.limit=50").fine().out())
        .contains("cli-q: running", "concurrency        7", "rate.limit         50");
    ran("queue set cli-q concurrency=8").fine();
    assertThat(ran("queue get cli-q -o json").fine().json().at("/settings/rate/limit").asInt())
        .isEqualTo(50);
    assertThat(ran("queue pause cli-q --reason maintenance --for 10m").fine().out())
        .startsWith("cli-q: paused, maintenance, until ");
    assertThat(ran("queue list --limit 500").fine().out()).contains("cli-q");
    assertThat(ran("queue waiting cli-q").fine().out().strip()).isEqualTo("nothing waits");
    assertThat(ran("queue keys cli-q").fine().out().strip()).isEqualTo("nothing waits or runs");
    for (var operation :
        new String[] {
          "resume cli-q",
          "drain cli-q",
          "resume cli-q",
          "hold cli-q --reason r --for 1m",
          "release cli-q",
          "breaker cli-q open",
          "breaker cli-q auto",
          "purge cli-q --yes"
        }) {
      ran("queue " + operation).fine();
    }
    assertThat(ran("queue purge cli-q").code()).isEqualTo(1);
    assertThat(ran("queue remove cli-q").fine().out().strip()).isEqualTo("cli-q is removed");
  }

  @Test
  void a_schedule_is_set_shown_and_operated() {
    var set =
        ran(
            "",
            false,
            "schedule",
            "set",
            "cli-s",
            "nightly",
            target.url("/ok"),
            "--cron",
            "30 2 * * *",
            "--zone",
            "Europe/Berlin");

    assertThat(set.fine().out())
        .startsWith("cli-s nightly: active, 30 2 * * * Europe/Berlin")
        .contains("T02:30:00+0");
    assertThat(ran("schedule list cli-s").fine().out()).contains("nightly  active");
    assertThat(ran("schedule trigger cli-s nightly").fine().out()).startsWith("nightly~t");
    assertThat(ran("schedule pause cli-s nightly").fine().out()).contains("paused");
    ran("schedule resume cli-s nightly --catch-up").fine();
    assertThat(ran("schedule get cli-s nightly").fine().out()).contains("fired");
    var backfill =
        "schedule backfill cli-s nightly --from 2026-01-01T00:00:00Z --to 2026-01-02T00:00:00Z";
    assertThat(ran(backfill).err()).contains("Make ");
    assertThat(ran("schedule remove cli-s nightly").code()).isEqualTo(1);
    ran("schedule remove cli-s nightly --yes").fine();
    assertThat(ran("schedule set cli-s x http://a.example").err()).contains("--cron or --every");
  }

  @Test
  void a_job_is_counted_asked_for_and_followed() {
    ran("fetch run cli-bulk " + target.url("/ok") + " --id a --label cli=bulk").fine();
    var dry = ran("bulk begin redrive label.cli=bulk --dry-run").fine();
    var unasked = ran("bulk begin redrive label.cli=bulk --id cli-job");
    var begun = ran("bulk begin redrive label.cli=bulk --id cli-job --rate 1 --yes").fine();

    assertThat(dry.out().strip()).isEqualTo("fetches that match: 1");
    assertThat(unasked.code()).isEqualTo(1);
    assertThat(unasked.err()).contains("redrive all that match? They are 1");
    assertThat(begun.out()).startsWith("cli-job: running, 0 made");
    assertThat(ran("bulk pause cli-job").fine().out()).contains("paused");
    ran("bulk resume cli-job").fine();
    assertThat(ran("bulk list").fine().out()).contains("cli-job  redrive");
    assertThat(ran("bulk cancel cli-job").fine().out()).contains("cancelled");
    assertThat(ran("bulk get cli-job").fine().out()).contains("cancelled");
    assertThat(ran("bulk begin redrive nothing").err()).contains("'nothing' is no filter");
  }

  @Test
  void a_key_is_printed_alone_once_and_revoked() {
    var made = ran("key make --roles read,metrics --origins cli-*").fine();
    var id = made.out().split("_")[1];

    assertThat(made.out().strip()).matches("rtv_\\S+");
    assertThat(ran("key list --limit 500").fine().out())
        .contains(id)
        .doesNotContain(made.out().strip());
    assertThat(ran("key get " + id).fine().out()).contains("roles      ").contains("read");
    assertThat(ran("key revoke " + id + " --yes").fine().out().strip())
        .isEqualTo(id + " is revoked");
  }

  @Test
  void slots_of_a_queue_are_listed_with_who_holds_them_and_freed_only_when_they_linger() {
    ran("queue set cli-slots concurrency=1").fine();
    ran("fetch submit cli-s " + target.url("/never") + " --id holds-it --queue cli-slots").fine();
    Eventually.becomes(true, () -> ran("queue slots cli-slots").fine().out().contains("holds-it"));

    var slot = ran("queue slots cli-slots -o json").json().get(0);
    assertThat(slot.path("originId").asText()).isEqualTo("cli-s");
    assertThat(slot.path("slot").asInt()).isEqualTo(1);
    assertThat(slot.path("lingers").asBoolean()).isFalse();
    assertThat(ran("queue release-slot cli-slots 1").code()).isEqualTo(1);
    assertThat(ran("queue release-slot cli-slots 1 --yes").err())
        .contains("does not allow this now");
    assertThat(ran("queue slots not-there").err()).contains("404");
    ran("fetch cancel cli-s holds-it").fine();
  }

  @Test
  void endpoints_for_callbacks_are_listed_and_refusals_told() {
    assertThat(ran("callback put cli-c " + target.url("/ok") + " --secret none").err())
        .contains("next: ");
    ran("callback list").fine();
    assertThat(ran("callback get cli-none").err()).contains("404");
    assertThat(ran("callback dead cli-none").code()).isEqualTo(1);
    assertThat(ran("callback put cli-c").err()).contains("an endpoint has a URL and a key");
  }

  @Test
  void the_doctor_looks_at_everything_and_finds_this_node_well() {
    var ran = ran("doctor");

    assertThat(ran.code()).as(ran.out()).isZero();
    assertThat(ran.out())
        .contains("ok    address ", "ok    clock ", "ok    tls ", "warn  key ", "ok    ready ")
        .contains("next: On other machines than a laptop, make one");
    assertThat(ran("doctor -o json").json().get(0).path("level").asText()).isEqualTo("ok");
  }

  @Test
  void the_doctor_fails_where_nobody_answers() {
    var ran = ran("doctor --url http://127.0.0.1:1");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).startsWith("fail  address ").contains("next: Check the address.");
  }

  @Test
  void top_prints_lines_to_files_and_redraws_terminals() {
    var lines = ran("top --count 2 --interval 200ms").fine().out();
    var screen = ran("", true, "top", "--count", "1", "--interval", "200ms").fine().out();

    assertThat(lines.lines()).hasSize(2).allMatch(it -> it.contains("nodes 1 of 1"));
    assertThat(screen).startsWith("\u001b[H\u001b[2J").contains("nodes 1 of 1", "127.0.0.1:");
  }

  @Test
  void top_shows_one_node_with_its_pools_if_asked() {
    var lines = ran("top --node --count 2 --interval 200ms").fine().out();
    var screen = ran("", true, "top", "--node", "--count", "1", "--interval", "200ms").fine().out();

    assertThat(lines.lines()).hasSize(2).allMatch(it -> it.contains("accepted/s "));
    assertThat(screen).startsWith("\u001b[H\u001b[2J").contains("pool", "default");
  }

  @Test
  void completion_knows_the_commands() {
    assertThat(ran("completion").fine().out()).contains("function _picocli_retriever", "redrive");
  }

  @Test
  void curl_is_printed_and_nothing_is_sent() {
    var ran =
        ran("", false, "fetch", "submit", "cli-curl", target.url("/ok"), "-d", "it's", "--curl");

    assertThat(ran.fine().out())
        .startsWith("curl -X POST '" + node.api().url() + "/v1/origins/cli-curl/fetches'")
        .contains("\"body\":\"it'\\''s\"");
    assertThat(ran("fetch list cli-curl").out().strip()).isEqualTo("no fetches");
  }
}
