package dev.retriever.cluster.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page.EmulateMediaOptions;
import com.microsoft.playwright.options.ColorScheme;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each page in a real browser, with what a real node answers. */
@ExtendWith(Dashboard.class)
class PagesTest {
  private static final int NARROW = 320;

  private final Dashboard.Started dashboard;

  PagesTest(Dashboard.Started dashboard) {
    this.dashboard = dashboard;
  }

  /** Where each is, and what it must show before it is looked at. */
  static Stream<String[]> pages() {
    return Stream.of(
        page("overview", "The last that ended badly"),
        page("fetches", "answered-1"),
        page("fetches?q=outcome%3Aunknown", "unknown-1"),
        page("fetch/order-17/answered-1", "The target answered 200"),
        page("fetch/order-17/unknown-1", "What you can do"),
        page("fetch/order-17/flaky-1", "3 attempts"),
        page("fetch/order-17/failed-1", "Nothing was sent"),
        page("fetch/order-17/open-1", "has been under way"),
        page("fetch/order-17/waits-1", "has waited in the queue reports"),
        page("fetch/order-17/later-1", "It waits for its time"),
        page("fetch/order-17/none", "has no fetch none"),
        page("origin/order-17", "Deadline of a fetch"),
        page("queues", "stripe"),
        page("queues/reports", "It begins nothing"),
        page("callbacks", "orders"),
        page("callbacks/orders", "order-17 / told-1"),
        page("schedules", "Of all origins"),
        page("schedules/order-17", "nightly"),
        page("schedules/order-17/nightly", "Europe/Berlin"),
        page("nodes", "be stopped now"),
        page("audit", "/admin/queues/{queue}/pause"),
        page("keys", "API keys"),
        page("try", "As curl"),
        page("nothing-of-the-kind", "There is no such page"));
  }

  private static String[] page(String hash, String shows) {
    return new String[] {hash, shows};
  }

  @ParameterizedTest
  @MethodSource("pages")
  void a_page_is_right_in_both_themes_and_on_a_narrow_screen(String hash, String shows) {
    try (var page = dashboard.open(hash)) {
      page.waitFor(shows);
      assertThat(page.violations()).as("in light: " + hash).isEmpty();
      page.page().emulateMedia(new EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      assertThat(page.violations()).as("in dark: " + hash).isEmpty();
      assertThat(page.overflow()).as(hash).isZero();
      page.page().setViewportSize(NARROW, 640);
      assertThat(page.overflow()).as("at 320 pixels: " + hash).isZero();
      // The browser itself says so of what there is not.
      page.forgive("status of 404");
      page.assertNothingWrong();
    }
  }

  @Test
  void a_chosen_theme_is_there_before_the_first_paint_and_stays() {
    try (var page = dashboard.open("overview")) {
      page.button("Theme: system").click();
      page.button("Theme: light").click();
      page.page().reload();
      page.button("Theme: dark").waitFor();

      var scheme = page.page().evaluate("getComputedStyle(document.documentElement).colorScheme");
      assertThat(scheme).isEqualTo("dark");
      page.assertNothingWrong();
    }
  }

  @Test
  void nothing_comes_from_another_host() {
    try (var page = dashboard.blank(ColorScheme.LIGHT, Dashboard.WIDE)) {
      var asked = new java.util.concurrent.ConcurrentLinkedQueue<String>();
      page.page().onRequest(request -> asked.add(request.url()));
      page.at("overview").waitFor("The last that ended badly");

      assertThat(asked).isNotEmpty().allMatch(it -> it.startsWith(dashboard.management().url()));
    }
  }

  @Test
  void the_stream_rests_while_the_tab_is_hidden() {
    try (var page = dashboard.open("overview")) {
      page.waitFor("live");
      page.page()
          .evaluate(
              "() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
                  + " document.dispatchEvent(new Event('visibilitychange')); }");
      page.waitFor("paused while hidden");
    }
  }
}
