package dev.retriever.origin.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A part of {@code docs/simulation.md} that a test makes, between two marks. */
record Chapter(String begin, String end, String madeBy) {
  private static final Path DOCUMENT = Path.of("..", "docs", "simulation.md");

  /** That it reads so; or, when documents are to be renewed, from now on. */
  void reads(String text) throws IOException {
    var document = Files.readString(DOCUMENT);
    var from = document.indexOf(begin) + begin.length();
    var to = document.indexOf(end);
    if (Boolean.getBoolean("retriever.renew-documents")) {
      Files.writeString(DOCUMENT, document.substring(0, from) + text + document.substring(to));
      return;
    }
    assertThat(document.substring(from, to))
        .as(
            "renew it: mvn test -pl origin-entity -am -Dtest="
                + madeBy
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dretriever.renew-documents=true")
        .isEqualTo(text);
  }
}
