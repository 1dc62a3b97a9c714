package dev.retriever.cluster.pages;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.Eventually;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What operators do with queues, endpoints, schedules and origins, done in a browser. */
@ExtendWith(Dashboard.class)
class OperatorActionsTest {
  private final Dashboard.Started dashboard;

  OperatorActionsTest(Dashboard.Started dashboard) {
    this.dashboard = dashboard;
  }

  private String queue(String name, String pointer) {
    return dashboard.management().get("/admin/queues/" + name).at(pointer);
  }

  @Test
  void a_queue_is_made_paused_with_a_reason_resumed_purged_and_removed() {
    try (var page = dashboard.open("queues")) {
      page.button("New queue…").click();
      page.fill("Name", "made-here");
      page.agree("Make it");
      page.waitFor("Nothing waits.");
      page.button("Pause…").click();
      page.inDialog("input").first().fill("to look at it");
      page.agree("Pause it");
      page.waitFor("to look at it");
      assertThat(queue("made-here", "/because")).isEqualTo("to look at it");

      Eventually.becomes(
          202,
          () ->
              dashboard
                  .api()
                  .submit(
                      "queued",
                      json(
                          "{'id':'w','within':'1h','queue':'made-here','request':{'url':'%s'}}",
                          dashboard.target.url("/ok")))
                  .status());
      page.waitFor("1 waits.");
      page.button("Purge…").click();
      assertThat(page.inDialog("button[type=submit]").isDisabled()).isTrue();
      page.inDialog("input").last().fill("made-here");
      page.waitFor("What is accepted later is spared.");
      var asked =
          page.page().waitForRequest("**/purge", () -> page.agree("Cancel what waits")).postData();
      assertThat(asked).contains("\"before\":");
      Eventually.becomes("0", () -> queue("made-here", "/waiting/fetches"));

      page.button("Resume").click();
      Eventually.becomes("running", () -> queue("made-here", "/state"));
      page.button("Remove…").click();
      page.inDialog("input").fill("made-here");
      page.agree("Remove it");
      page.waitFor("What bounds, orders and observes");
      assertThat(queue("made-here", "/status")).isEqualTo("404");
    }
  }

  @Test
  void settings_of_a_queue_are_changed_after_a_word_on_what_that_does() {
    Content.queue(dashboard.management(), "tuned", "{'concurrency':3}");
    try (var page = dashboard.open("queues/tuned")) {
      page.fill("Attempts at once", "7");
      page.waitFor("What it would do.");
      page.button("Save the settings").click();
      page.waitFor("version 2 of its settings");

      assertThat(queue("tuned", "/settings/concurrency")).isEqualTo("7");
      assertThat(queue("tuned", "/settings/order")).isEqualTo("fair");
      page.assertNothingWrong();
    }
  }

  @Test
  void an_endpoint_is_made_and_its_dead_callbacks_are_told_again() {
    try (var page = dashboard.open("callbacks")) {
      page.button("New endpoint…").click();
      page.fill("Name", "made-here");
      page.fill("URL", dashboard.target.url("/status/410"));
      page.fill("Keys", "cb-2");
      page.agree("Make it");
      page.waitFor("None. Every outcome was told");
      assertThat(dashboard.api().get("/v1/callbacks/made-here").at("/keys/0/secret"))
          .isEqualTo("cb-2");

      page.at("callbacks/orders").button("Redrive it").click();
      page.waitFor("Redriven: 1 of 1.");
      page.assertNothingWrong();
    }
  }

  @Test
  void a_schedule_is_made_triggered_paused_filled_in_and_removed() {
    try (var page = dashboard.open("schedules/scheduled")) {
      page.button("New schedule…").click();
      page.fill("Id", "pulse");
      page.fill("Or every", "1h");
      page.fill("URL", dashboard.target.url("/ok"));
      page.agree("Make it");
      page.waitFor("every 1h");
      page.button("Trigger now").click();
      page.waitFor("is made.");
      page.page().locator(".dots a").first().waitFor();
      page.button("Backfill…").click();
      page.agree("Count first");
      page.waitFor("Nothing has been done.");
      page.page().keyboard().press("Escape");
      page.button("Pause").click();
      page.waitFor("No ticks until it is resumed.");
      page.button("Remove…").click();
      page.inDialog("input").fill("pulse");
      page.agree("Remove it");
      page.waitFor("This origin has no schedule.");
    }
  }

  @Test
  void nothing_is_said_to_be_well_while_the_node_does_not_answer() {
    try (var page = dashboard.open("nodes")) {
      page.waitFor("May be stopped");
      page.page().route("**/admin/nodes", route -> route.abort());
      page.waitFor("Stop no node until this one answers again.");

      assertThat(page.text()).doesNotContain("may be stopped now").doesNotContain("May be stopped");
    }
  }

  @Test
  void the_next_alarm_of_an_origin_is_fired() {
    dashboard
        .api()
        .submit(
            "alarmed",
            json("{'id':'a','delay':'1h','request':{'url':'%s'}}", dashboard.target.url("/ok")));
    try (var page = dashboard.open("origin/alarmed")) {
      page.button("Fire the next alarm…").click();
      page.agree("Fire it");
      page.waitFor("was fired.");
      page.assertNothingWrong();
    }
  }
}
