package dev.retriever.origin.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A part of {@code docs/simulation.md} that a test makes, between two marks. */
record Chapter(String begin, String end, String madeBy) {
  private static final Path DOCUMENT = Path.of("..", "..", "docs", "simulation.md");

  /** What it reads. */
  String text() throws IOException {
    var document = Files.readString(DOCUMENT);
    return document.substring(from(document), document.indexOf(end));
  }

  private int from(String document) {
    return document.indexOf(begin) + begin.length();
  }

  /** That it reads so; or, when documents are to be renewed, from now on. */
  void reads(String text) throws IOException {
    if (Boolean.getBoolean("retriever.renew-documents")) {
      var document = Files.readString(DOCUMENT);
      var before = document.substring(0, from(document));
      Files.writeString(DOCUMENT, before + text + document.substring(document.indexOf(end)));
      return;
    }
    assertThat(text())
        .as(
            "renew it: mvn test -pl origin-entity/simulation -am -Dtest="
                + madeBy
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dretriever.renew-documents=true")
        .isEqualTo(text);
  }
}
