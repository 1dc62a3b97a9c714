package dev.retriever.cluster.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each block of Java that docs/client.md shows stands in the examples, which tests run. */
class ClientExcerptsTest {
  private static final Path EXAMPLES =
      Path.of("src/test/java/dev/retriever/cluster/client/ClientExamples.java");
  private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

  private static String unindented(List<String> lines) {
    return lines.stream().map(String::strip).collect(Collectors.joining("\n", "\n", "\n"));
  }

  @Test
  void every_excerpt_stands_in_the_examples() throws IOException {
    var source = unindented(Files.readAllLines(EXAMPLES));
    var document = Files.readString(Path.of("..", "docs", "client.md"));
    var blocks = BLOCK.matcher(document).results().map(it -> it.group(1)).toList();

    assertThat(blocks).hasSizeGreaterThan(5);
    assertThat(blocks)
        .allSatisfy(block -> assertThat(source).contains(unindented(block.lines().toList())));
  }
}
