package dev.retriever.cluster.pages;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The Chromium of the system, with its driver. */
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  private final Playwright driver;
  private final Browser browser;

  private Chromium(Path executable) {
    // The driver must not fetch a browser of its own.
    var environment = Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    driver = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    var options = new LaunchOptions().setExecutablePath(executable);
    browser = driver.chromium().launch(options.setArgs(List.of("--no-sandbox")));
  }

  /** Starts it; a test is skipped when there is none. */
  static Chromium start() {
    var found = executable();
    Assumptions.assumeTrue(
        found.isPresent(),
        "The pages of the dashboard are not tested: no "
            + String.join(", ", NAMES)
            + " is on the PATH. On Debian: apt-get install chromium");
    return new Chromium(found.get());
  }

  private static Optional<Path> executable() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  Browser browser() {
    return browser;
  }

  @Override
  public void close() {
    browser.close();
    driver.close();
  }
}
