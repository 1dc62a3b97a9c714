package dev.retriever.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the documentation shows of the examples is what they say. A block that begins with {@code
 * ```java File.java} stands in that file as it is, save for its indentation.
 */
class ExcerptsTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Path EXAMPLES = Path.of("src/test/java/dev/retriever/examples");
  private static final String TAG = "```java";

  /** A block of Java, and the file it names; none if that is empty. */
  private record Excerpt(String file, String text) {}

  private static List<Excerpt> excerpts(Path document) throws IOException {
    var found = new ArrayList<Excerpt>();
    var lines = Files.readAllLines(document).iterator();
    while (lines.hasNext()) {
      var line = lines.next();
      if (line.startsWith(TAG)) {
        var block = new ArrayList<String>();
        for (var next = lines.next(); !next.startsWith("```"); next = lines.next()) {
          block.add(next);
        }
        found.add(new Excerpt(line.substring(TAG.length()).strip(), unindented(block)));
      }
    }
    return found;
  }

  private static String unindented(List<String> lines) {
    return lines.stream().map(String::strip).collect(Collectors.joining("\n", "\n", "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/library.md", "README.md"})
  void every_excerpt_stands_in_its_file(String document) throws IOException {
    var tagged = excerpts(ROOT.resolve(document)).stream().filter(it -> !it.file().isEmpty());

    for (var excerpt : tagged.toList()) {
      var source = unindented(Files.readAllLines(EXAMPLES.resolve(excerpt.file())));
      assertThat(source).as(document).contains(excerpt.text());
    }
  }

  @Test
  void all_java_that_is_shown_is_compiled_save_for_the_start_up() throws IOException {
    var others =
        excerpts(ROOT.resolve("docs/library.md")).stream().filter(it -> it.file().isEmpty());

    assertThat(others).allSatisfy(it -> assertThat(it.text()).contains("Retriever."));
    assertThat(excerpts(ROOT.resolve("README.md")))
        .isNotEmpty()
        .noneSatisfy(it -> assertThat(it.file()).isEmpty());
  }
}
