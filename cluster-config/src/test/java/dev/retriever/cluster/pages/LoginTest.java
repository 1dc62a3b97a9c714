package dev.retriever.cluster.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestCallers;
import dev.retriever.cluster.security.Role;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of a node that asks for keys. */
class LoginTest {
  private static final TestCallers CALLERS = new TestCallers();
  private static final String OPERATOR = CALLERS.key("default");
  private static final String READER = CALLERS.key("acme", Set.of(Role.READ), "*");
  private static Chromium chromium;
  private static RunningNode node;

  @BeforeAll
  static void start(@TempDir Path directory) {
    chromium = Chromium.start();
    node = RunningNode.start(directory, CALLERS.settings());
    Content.queue(node.management().as(OPERATOR), "stripe", "{'concurrency':4}");
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
      chromium.close();
    }
  }

  private static OpenPage open() {
    var url = node.management().url();
    return new OpenPage(chromium.browser(), url, ColorScheme.LIGHT, Dashboard.WIDE).at("overview");
  }

  private static void login(OpenPage page, String key) {
    page.fill("Key or token", key);
    page.button("Log in").click();
  }

  @Test
  void a_wrong_key_is_refused_with_the_next_step_and_a_right_one_opens_and_stays_in_the_tab() {
    try (var page = open()) {
      assertThat(page.violations()).isEmpty();
      login(page, "nonsense");
      page.waitFor("Log in with a key that has not expired or been revoked.");
      login(page, OPERATOR);
      page.waitFor("The last that ended badly");
      page.page().reload();
      page.waitFor("The last that ended badly");
      assertThat(page.page().evaluate("JSON.stringify(localStorage)").toString())
          .doesNotContain(OPERATOR);
      assertThat(page.page().content()).doesNotContain(OPERATOR);

      page.button("Log out").click();
      page.waitFor("Key or token");
      assertThat(page.page().evaluate("JSON.stringify(sessionStorage)")).isEqualTo("{}");
      page.forgive("status of 401");
      page.assertNothingWrong();
    }
  }

  @Test
  void what_a_key_does_not_allow_is_off_and_says_why() {
    try (var page = open()) {
      login(page, READER);
      page.waitFor("Figures of the nodes are for operators");
      page.at("try").fill("URL", "https://example.com/");
      var submit = page.page().locator("button:has-text('Submit')");
      assertThat(submit.getAttribute("aria-disabled")).isEqualTo("true");
      assertThat(submit.getAttribute("title"))
          .isEqualTo("This takes the role submit. Your key has: read.");
      submit.dispatchEvent("click");
      page.at("keys").waitFor("This takes the role admin.");
      page.at("audit").waitFor("This takes the role operate or admin.");
      page.at("queues").waitFor("Only callers of the tenant default see the list.");
      page.forgive("status of 40");
      page.assertNothingWrong();
    }
  }

  @Test
  void a_key_is_made_shown_once_and_revoked() {
    try (var page = open()) {
      login(page, OPERATOR);
      page.at("keys").button("New key…").click();
      page.agree("Make it");
      page.waitFor("It is shown once.");
      var key = page.inDialog(".made-key").innerText();
      page.agree("I have stored it");
      page.button("Revoke…").waitFor();
      assertThat(page.text()).doesNotContain(key);
      var keys = node.management().as(OPERATOR);
      var id = keys.get("/admin/keys").at("/items/0/id");
      assertThat(node.api().as(key).get("/v1/me").at("/roles/0")).isEqualTo("read");
      page.button("Revoke…").click();
      page.inDialog("input").fill(id);
      page.agree("Revoke it");
      page.waitFor("revoked");

      assertThat(keys.get("/admin/keys/" + id).at("/revokedAt")).isNotEmpty();
      page.forgive("status of 401");
      page.assertNothingWrong();
    }
  }
}
