package dev.retriever.cluster.pages;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** axe-core, which looks at a page for what keeps people out. */
final class Axe {
  static final String RESOURCE = "/axe/axe.min.js";

  /** Of axe-core 4.14.1 as it was published. */
  static final String SHA_256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";

  private static final String RUN =
      """
      async () => {
        const { violations } = await axe.run(document, { resultTypes: ['violations'] });
        return violations.map((it) => it.id + ': ' + it.nodes.slice(0, 5)
          .map((node) => node.html.slice(0, 160) + ' (' + node.failureSummary.slice(0, 200) + ')').join(' | '));
      }
      """;

  private Axe() {}

  static byte[] source() {
    try (var resource = Axe.class.getResourceAsStream(RESOURCE)) {
      return resource.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<?> violations(Page page) {
    if (page.evaluate("typeof axe").equals("undefined")) {
      page.evaluate(new String(source(), StandardCharsets.UTF_8));
    }
    return (List<?>) page.evaluate(RUN);
  }
}
