package dev.retriever.cluster.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** All of it without a mouse. */
@ExtendWith(Dashboard.class)
class KeyboardTest {
  private static final Map<String, String> GOES =
      Map.of(
          "o", "Overview",
          "f", "Fetches",
          "q", "Queues",
          "c", "Callbacks",
          "s", "Schedules",
          "n", "Nodes",
          "a", "Audit",
          "k", "Keys and tenants",
          "t", "Try it");

  private final Dashboard.Started dashboard;

  KeyboardTest(Dashboard.Started dashboard) {
    this.dashboard = dashboard;
  }

  private static void press(OpenPage page, String... keys) {
    for (var key : keys) {
      page.page().keyboard().press(key);
    }
  }

  private static String focused(OpenPage page) {
    return page.page().evaluate("document.activeElement.textContent.trim()").toString();
  }

  @Test
  void g_and_a_letter_go_to_each_page() {
    try (var page = dashboard.open("overview")) {
      GOES.forEach(
          (key, title) -> {
            press(page, "g", key);
            page.page().locator("main h1:has-text('" + title + "')").waitFor();
          });
      page.assertNothingWrong();
    }
  }

  @Test
  void a_fetch_is_found_opened_and_redriven_by_keys_alone() {
    dashboard.settled("typed", "first", "/drop");
    dashboard.settled("typed", "second", "/drop");
    try (var page = dashboard.open("overview")) {
      press(page, "/");
      page.page().locator("#search").waitFor();
      page.page().keyboard().type("origin:typed outcome:unknown");
      press(page, "Enter");
      page.waitFor("2 match");
      press(page, "Escape", "j", "j", "k", "x");
      page.waitFor("1 selected");
      press(page, "Enter");
      page.waitFor("What may have happened");
      for (var n = 0; n < 40 && !focused(page).equals("Redrive…"); n++) {
        press(page, "Tab");
      }
      press(page, "Enter");
      page.inDialog("h2").first().waitFor();
      for (var n = 0; n < 10 && !focused(page).equals("Redrive as a new fetch"); n++) {
        press(page, "Tab");
      }
      press(page, "Enter");
      page.waitFor("Redrive of");

      assertThat(dashboard.api().get("/v1/fetches?origin=typed").text()).contains("second~r");
      page.assertNothingWrong();
    }
  }

  @Test
  void a_dialog_closes_with_escape_and_gives_the_focus_back() {
    try (var page = dashboard.open("fetch/order-17/answered-1")) {
      page.button("Redrive…").focus();
      press(page, "Enter");
      page.inDialog("h2").first().waitFor();
      press(page, "Escape");
      page.page().waitForCondition(() -> focused(page).equals("Redrive…"));

      press(page, "?");
      page.waitFor("Next and previous row");
      press(page, "Escape");
      assertThat(page.page().locator("dialog[open]").count()).isZero();
      page.assertNothingWrong();
    }
  }
}
