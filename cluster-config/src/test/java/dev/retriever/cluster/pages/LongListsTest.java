package dev.retriever.cluster.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Pages with long lists answer at once. The node's answers are made by the test, because 20,000
 * fetches would take minutes.
 */
@ExtendWith(Dashboard.class)
class LongListsTest {
  private static final int MANY = 20_000;
  private static final int MANY_ATTEMPTS = 100;

  /** In milliseconds. */
  private static final double LONGEST_PAUSE = 100;

  private static final int TRIES = 3;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant ZERO = Instant.parse("2026-01-15T10:00:00Z");

  private final Dashboard.Started dashboard;

  LongListsTest(Dashboard.Started dashboard) {
    this.dashboard = dashboard;
  }

  private static ObjectNode found(int n) {
    var fetch = JSON.createObjectNode();
    fetch.put("originId", "order-" + n % 97).put("id", "fetch-" + n).put("state", "settled");
    fetch.put("acceptedAt", ZERO.toString()).put("settledAt", ZERO.plusSeconds(1).toString());
    fetch.put("method", "GET").put("host", "api.example.com").put("attempts", 1);
    fetch.putObject("outcome").put("type", "answered").put("stage", "complete").put("status", 200);
    return fetch;
  }

  /** A page of the list, whose cursor is the number of the next. */
  private static void answer(Route route) {
    var query = URI.create(route.request().url()).getQuery();
    var from = number(query, "cursor", 0);
    var to = Math.min(MANY, from + number(query, "limit", 50));
    var page = JSON.createObjectNode().put("until", ZERO.toString());
    var items = page.putArray("items");
    for (var n = from; n < to; n++) {
      items.add(found(n));
    }
    if (to < MANY) {
      page.put("nextCursor", Integer.toString(to));
    }
    route.fulfill(
        new Route.FulfillOptions().setContentType("application/json").setBody(page.toString()));
  }

  private static int number(String query, String name, int otherwise) {
    for (var each : query.split("&")) {
      if (each.startsWith(name + "=")) {
        return Integer.parseInt(each.substring(name.length() + 1));
      }
    }
    return otherwise;
  }

  @Test
  void twenty_thousand_fetches_are_scrolled_through_without_a_pause() {
    try (var page = dashboard.blank(ColorScheme.LIGHT, Dashboard.WIDE)) {
      page.page().route("**/v1/fetches?*", LongListsTest::answer);
      page.stub("**/v1/fetches/count?*", "{\"total\":20000,\"atLeast\":false,\"groups\":[]}");
      var longest =
          page.longestTask(
              TRIES,
              LONGEST_PAUSE,
              () -> {
                page.at("overview");
                page.at("fetches").waitFor("fetch-0");
                page.page()
                    .waitForFunction(
                        "() => { scrollTo(0, document.body.scrollHeight);"
                            + " return document.body.innerText.includes('fetch-19999'); }");
              });

      assertThat(longest).isLessThan(LONGEST_PAUSE);
      assertThat(page.page().locator("table.rows tbody tr").count()).isLessThan(60);
      page.page().keyboard().press("j");
      page.waitFor("fetch-0");
      page.assertNothingWrong();
    }
  }

  private static String fetchOfManyAttempts() {
    var fetch = found(0);
    ArrayNode attempts = fetch.putArray("attempts");
    for (var n = 1; n <= MANY_ATTEMPTS; n++) {
      var attempt = attempts.addObject().put("number", n).put("executor", "127.0.0.1:17355#1");
      attempt.put("startedAt", ZERO.plusSeconds(60L * n).toString());
      attempt.put("endedAt", ZERO.plusSeconds(60L * n).plusMillis(250).toString());
      attempt.put("stage", "complete").put("status", 503);
      attempt.putObject("stages").put("resolving", 0.2).put("sent", 9).put("complete", 240);
    }
    fetch.put("settledAt", ZERO.plusSeconds(7_000).toString());
    return fetch.toString();
  }

  @Test
  void a_hundred_attempts_are_shown_without_a_pause() {
    try (var page = dashboard.blank(ColorScheme.LIGHT, Dashboard.WIDE)) {
      page.stub("**/v1/origins/order-0/fetches/fetch-0", fetchOfManyAttempts());
      var longest =
          page.longestTask(
              TRIES,
              LONGEST_PAUSE,
              () -> {
                page.at("overview");
                page.at("fetch/order-0/fetch-0").waitFor("100 attempts");
                page.page().locator("button:has-text('Show the earlier')").click();
                page.waitFor("Attempt 1");
                page.button("Whole time").click();
                page.page().locator("summary:has-text('The same as a table')").first().click();
              });

      assertThat(longest).isLessThan(LONGEST_PAUSE);
      // The node itself has no such fetch, and no request of it.
      page.forgive("fetch-0/request");
      page.assertNothingWrong();
    }
  }
}
