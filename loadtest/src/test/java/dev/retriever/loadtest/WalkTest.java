package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The ways through {@code docs/design.md}: its contents, and the walk of one fetch. */
class WalkTest {
  private static final Path DESIGN = Path.of("..", "docs", "design.md");
  private static final Pattern CLASS = Pattern.compile("`((?:[a-z]+\\.)+)([A-Z]\\w+)`");
  private static final List<String> MODULES =
      List.of("alarms", "cluster-config", "fetch-executor", "origin-entity");

  @Test
  void the_walk_names_fewer_than_thirty_classes_each_once_and_where_it_stands() throws IOException {
    var text = Files.readString(DESIGN);
    var walk = text.substring(text.indexOf("<!-- walk -->"), text.indexOf("<!-- /walk -->"));
    var classes = CLASS.matcher(walk).results().map(MatchResult::group).toList();

    assertThat(classes).hasSizeBetween(10, 29).doesNotHaveDuplicates();
    assertThat(classes).allSatisfy(name -> assertThat(MODULES).anyMatch(it -> has(it, name)));
  }

  private static boolean has(String module, String name) {
    var file = name.replace("`", "").replace('.', '/') + ".java";
    return Files.exists(Path.of("..", module, "src/main/java/dev/retriever", file));
  }

  @Test
  void the_contents_list_every_chapter() throws IOException {
    var text = Files.readString(DESIGN);
    var contents = text.substring(0, text.indexOf("\n## "));

    var chapters = Pattern.compile("(?m)^##+ (.+)$").matcher(text).results().map(it -> it.group(1));
    assertThat(chapters)
        .isNotEmpty()
        .allSatisfy(it -> assertThat(contents).contains("[" + it + "](#" + anchor(it) + ")"));
  }

  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
  }
}
