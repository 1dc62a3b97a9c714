package dev.retriever.cluster.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Browser.StartTracingOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A tab of the browser, which remembers what went wrong in it. */
final class OpenPage implements AutoCloseable {
  static final double LONGEST_MILLIS = 20_000;

  private static final String WATCH =
      """
      window.found = [];
      document.addEventListener('securitypolicyviolation', (e) =>
        window.found.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample));
      """;

  private final Browser browser;
  private final BrowserContext context;
  private final Page page;
  private final String url;
  private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());

  OpenPage(Browser browser, String url, ColorScheme theme, int width) {
    this.browser = browser;
    this.url = url;
    context =
        browser.newContext(
            new NewContextOptions()
                .setColorScheme(theme)
                .setViewportSize(width, 800)
                .setPermissions(List.of("clipboard-read", "clipboard-write")));
    context.setDefaultTimeout(LONGEST_MILLIS);
    page = context.newPage();
    page.addInitScript(WATCH);
    page.onConsoleMessage(this::said);
    page.onPageError(error -> wrong.add("error: " + error));
    page.onDialog(
        dialog -> {
          wrong.add("dialog: " + dialog.message());
          dialog.dismiss();
        });
  }

  private void said(ConsoleMessage message) {
    if (message.type().equals("error") || message.type().equals("warning")) {
      wrong.add(message.type() + ": " + message.text() + " at " + message.location());
    }
  }

  Page page() {
    return page;
  }

  /** Shows the page of that hash, such as {@code fetches}, and waits for its heading. */
  OpenPage at(String hash) {
    page.navigate(url + "/#/" + hash);
    page.locator("main h1").first().waitFor();
    return this;
  }

  /** Answers in place of the node. */
  void stub(String pattern, String json) {
    page.route(
        pattern,
        route ->
            route.fulfill(
                new com.microsoft.playwright.Route.FulfillOptions()
                    .setContentType("application/json")
                    .setBody(json)));
  }

  Locator button(String name) {
    return page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
  }

  /** Of the dialog that is open. */
  Locator inDialog(String selector) {
    return page.locator("dialog[open]").locator(selector);
  }

  /** Presses the button that a dialog ends with. */
  void agree(String name) {
    inDialog(".dialog-foot button:has-text('" + name + "')").click();
  }

  void fill(String label, String text) {
    page.getByLabel(label, new Page.GetByLabelOptions().setExact(true)).fill(text);
  }

  void waitFor(String text) {
    page.getByText(text).first().waitFor();
  }

  /** Waits until that text, which is there now or is not, is gone. */
  void waitForNo(String text) {
    page.getByText(text)
        .first()
        .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN));
  }

  String text() {
    return page.locator("body").innerText();
  }

  /**
   * The longest task of the page in that time, in milliseconds of processor time: how long it is
   * deaf on a machine that has time for it.
   */
  double longestTask(Runnable run) {
    var categories = List.of("toplevel", "devtools.timeline");
    browser.startTracing(page, new StartTracingOptions().setCategories(categories));
    run.run();
    return PageTrace.longestTask(browser.stopTracing());
  }

  /**
   * As {@link #longestTask}, of the try that is best. A shared processor makes tasks several times
   * as long for a while; a page that is slow is slow in each try.
   *
   * @param enough ends the tries
   */
  double longestTask(int tries, double enough, Runnable run) {
    var best = Double.MAX_VALUE;
    for (var n = 0; n < tries && best >= enough; n++) {
      best = Math.min(best, longestTask(run));
    }
    return best;
  }

  /** By how many pixels it is wider than its window. */
  int overflow() {
    return ((Number) page.evaluate("document.documentElement.scrollWidth - innerWidth")).intValue();
  }

  /** What axe has against it: rule, and elements. */
  List<?> violations() {
    return Axe.violations(page);
  }

  @SuppressWarnings("unchecked")
  void assertNothingWrong() {
    assertThat((List<String>) page.evaluate("window.found")).isEmpty();
    assertThat(List.copyOf(wrong)).isEmpty();
  }

  /** Something that was expected, such as the browser's own word on a refused request. */
  void forgive(String part) {
    wrong.removeIf(it -> it.contains(part));
  }

  @Override
  public void close() {
    context.close();
  }
}
