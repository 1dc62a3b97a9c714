package dev.retriever.cluster.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.ColorScheme;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the first page says of figures that it has, and of figures that do not come. */
@ExtendWith(Dashboard.class)
class OverviewPageTest {
  private final Dashboard.Started dashboard;

  OverviewPageTest(Dashboard.Started dashboard) {
    this.dashboard = dashboard;
  }

  /** What the node would tell, without its problems. */
  private ObjectNode figures() {
    var overview = (ObjectNode) dashboard.management().get("/admin/overview").json();
    overview.putArray("problems");
    return overview;
  }

  private OpenPage blank() {
    return dashboard.blank(ColorScheme.LIGHT, Dashboard.WIDE);
  }

  private static void tell(Route route, ObjectNode figures) {
    route.fulfill(
        new FulfillOptions()
            .setContentType("text/event-stream")
            .setBody("event: overview\ndata: " + figures + "\n\n"));
  }

  @Test
  void good_news_is_not_shown_when_the_stream_has_ended_and_does_not_come_back() {
    var told = new AtomicBoolean();
    try (var page = blank()) {
      page.page()
          .route(
              "**/admin/events",
              route -> {
                if (told.getAndSet(true)) {
                  route.abort();
                } else {
                  tell(route, figures());
                }
              });
      page.at("overview").waitFor("The node does not tell its figures now.");

      assertThat(page.text()).contains("reconnecting").doesNotContain("Nothing is wrong.");
      page.forgive("ERR_FAILED");
      page.assertNothingWrong();
    }
  }

  @Test
  void figures_stay_with_their_names_when_the_stream_has_ended() {
    var figures = figures().put("pending", 1_207).put("inFlight", 31);
    figures
        .putObject("waiting")
        .put("fetches", 98)
        .put("oldest", Instant.now().minusSeconds(600).toString());
    try (var page = blank()) {
      page.page().route("**/admin/events", route -> tell(route, figures));
      page.at("overview").waitFor("31 under way; more may sleep");

      var tiles = page.page().locator(".tile").allInnerTexts();
      assertThat(tiles).anyMatch(it -> it.contains("Pending in memory") && it.contains("1,207"));
      assertThat(tiles)
          .anyMatch(it -> it.contains("In queues") && it.contains("98") && it.contains("10 min"));
      page.assertNothingWrong();
    }
  }
}
