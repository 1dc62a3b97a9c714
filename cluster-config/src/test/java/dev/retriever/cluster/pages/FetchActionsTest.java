package dev.retriever.cluster.pages;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page.RouteOptions;
import dev.retriever.cluster.Eventually;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What can be done with fetches, done in a browser and seen on the node. */
@ExtendWith(Dashboard.class)
class FetchActionsTest {
  private final Dashboard.Started dashboard;

  FetchActionsTest(Dashboard.Started dashboard) {
    this.dashboard = dashboard;
  }

  private String state(String origin, String id) {
    return dashboard.api().get(fetch(origin, id)).at("/state");
  }

  private String outcome(String origin, String id) {
    return dashboard.api().get(fetch(origin, id)).at("/outcome/type");
  }

  @Test
  void a_fetch_is_redriven_and_the_new_one_is_shown() {
    dashboard.settled("acts", "again", "/drop");
    try (var page = dashboard.open("fetch/acts/again")) {
      page.waitFor("What may have happened");
      page.button("Redrive…").click();
      page.fill("Id of the new fetch", "again-2");
      page.agree("Redrive as a new fetch");
      page.waitFor("Redrive of");

      assertThat(dashboard.api().settled(fetch("acts", "again-2")).at("/redriveOf"))
          .isEqualTo("again");
      page.assertNothingWrong();
    }
  }

  @Test
  void an_open_fetch_is_cancelled_and_a_scheduled_one_begins() {
    for (var body :
        new String[] {
          "{'id':'stop','within':'1h','timeout':'10m','request':{'url':'%s'}}",
          "{'id':'begin','delay':'1h','request':{'url':'%s'}}"
        }) {
      var path = body.contains("stop") ? "/never" : "/ok";
      dashboard.api().submit("acts", json(body, dashboard.target.url(path)));
    }
    try (var page = dashboard.open("fetch/acts/stop")) {
      page.button("Cancel…").click();
      page.agree("Cancel the fetch");
      page.waitFor("It was cancelled after");
      assertThat(outcome("acts", "stop")).isEqualTo("cancelled");

      page.at("fetch/acts/begin").button("Begin now").click();
      page.waitFor("The target answered 200");
      page.assertNothingWrong();
    }
  }

  @Test
  void what_a_fetch_got_is_erased_when_its_id_was_typed() {
    dashboard.settled("acts", "secret", "/ok");
    try (var page = dashboard.open("fetch/acts/secret")) {
      page.button("Erase…").click();
      assertThat(page.inDialog("button.danger").isDisabled()).isTrue();
      page.inDialog("input").fill("secret");
      page.agree("Erase for good");
      page.waitFor("erased");

      Eventually.becomes(
          "", () -> dashboard.api().get(fetch("acts", "secret")).at("/outcome/body"));
      page.assertNothingWrong();
    }
  }

  @Test
  void what_fetches_have_in_common_finds_them_and_a_view_keeps_it() {
    try (var page = dashboard.open("fetches")) {
      page.page().locator("#search").fill("outcome:unknown label.customer:42");
      page.page().keyboard().press("Enter");
      page.page().locator("[aria-label='Remove outcome:unknown']").waitFor();
      page.waitForNo("answered-1");
      page.waitFor("unknown-1");

      page.button("Save this view").click();
      page.fill("Name", "Mine");
      page.agree("Save");
      page.page().locator("[aria-label='Remove outcome:unknown']").click();
      page.waitFor("answered-1");
      page.page().reload();
      page.button("Mine").click();
      page.page().locator("[aria-label='Remove outcome:unknown']").waitFor();
      page.assertNothingWrong();
    }
  }

  @Test
  void a_word_that_is_no_filter_is_named() {
    try (var page = dashboard.open("fetches?q=colour%3Ared")) {
      page.waitFor("There is no filter colour.");
      page.assertNothingWrong();
    }
  }

  @Test
  void all_that_match_are_counted_before_they_are_redriven() {
    dashboard.settled("bulk-1", "one", "/status/404");
    dashboard.settled("bulk-1", "two", "/status/404");
    try (var page = dashboard.open("fetches?q=origin%3Abulk-1%20status%3A404")) {
      page.waitFor("2 match");
      page.button("Redrive all…").click();
      page.waitFor("2 match now. Nothing has been done.");
      assertThat(dashboard.api().get("/v1/bulk").at("/items/0/id")).isEmpty();
      page.fill("At most", "1");
      page.inDialog("button:has-text('They are being counted')").waitFor();
      page.button("Redrive 1").waitFor();
      page.fill("At most", "2");
      page.agree("Redrive 2");
      page.waitFor("It begins 10 s after it was asked for");
      page.agree("Close");

      assertThat(dashboard.api().get("/v1/bulk").at("/items/0/action")).isEqualTo("redrive");
      page.assertNothingWrong();
    }
  }

  @Test
  void those_that_were_selected_are_redriven() {
    dashboard.settled("some", "one", "/ok");
    dashboard.settled("some", "two", "/ok");
    try (var page = dashboard.open("fetches?q=origin%3Asome")) {
      page.page().locator("[aria-label='Select some/one']").check();
      page.waitFor("1 selected");
      page.button("Redrive selected").click();
      page.waitFor("Redriven: 1. Refused: 0.");

      assertThat(dashboard.api().get("/v1/fetches?origin=some").text()).contains("one~r");
      page.assertNothingWrong();
    }
  }

  @Test
  void a_form_makes_a_fetch_and_shows_its_command() {
    try (var page = dashboard.open("try")) {
      page.fill("Origin", "tried");
      page.fill("Id", "first");
      page.fill("URL", dashboard.target.url("/ok"));
      page.waitFor("-d '{\"request\":{\"method\":\"GET\"");
      page.button("Submit").click();
      page.waitFor("The target answered 200");

      assertThat(state("tried", "first")).isEqualTo("settled");
      page.assertNothingWrong();
    }
  }

  @Test
  void a_submission_without_an_answer_is_repeated_with_the_same_id() {
    try (var page = dashboard.open("try")) {
      page.fill("Origin", "repeated");
      page.fill("URL", dashboard.target.url("/ok"));
      page.page()
          .route(
              "**/v1/origins/repeated/fetches",
              route -> {
                route.fetch();
                route.abort();
              },
              new RouteOptions().setTimes(1));
      page.button("Submit").click();
      page.waitFor("The node does not answer");
      page.button("Submit").click();
      page.waitFor("The target answered 200");

      var list = dashboard.api().get("/v1/origins/repeated/fetches");
      assertThat(list.at("/items/0/id")).startsWith("try-");
      assertThat(list.at("/items/1/id")).isEmpty();
    }
  }

  @Test
  void a_refused_submission_is_told_with_the_field_that_is_wrong() {
    try (var page = dashboard.open("try")) {
      page.fill("URL", "ftp://nowhere");
      page.button("Submit").click();
      page.waitFor("/request/url");
      page.forgive("status of 422");
      page.assertNothingWrong();
    }
  }

  @Test
  void what_a_fetch_sent_is_shown_without_credentials_and_copied_as_a_command() {
    var url = dashboard.target.url("/ok?a='b'");
    var fetch =
        """
        {"id": "shown", "request": {"method": "POST", "url": "%s", "body": "it's",
         "headers": {"Accept": "text/plain", "Authorization": "Bearer canary"}}}"""
            .formatted(url);
    dashboard.api().settled("acts", fetch);
    try (var page = dashboard.open("fetch/acts/shown")) {
      page.waitFor("it may be a credential");
      page.button("Copy as curl").click();
      page.waitFor("Copied");

      assertThat(page.page().content()).doesNotContain("canary");
      assertThat(page.page().evaluate("navigator.clipboard.readText()").toString())
          .startsWith("curl -i -X POST '" + url.replace("'", "'\\''") + "'")
          .contains("-H 'Accept: text/plain'", "-H 'Authorization: <not shown>'")
          .endsWith("--data-raw 'it'\\''s'");
      page.assertNothingWrong();
    }
  }
}
