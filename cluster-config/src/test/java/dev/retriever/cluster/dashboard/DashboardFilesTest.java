package dev.retriever.cluster.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files there are, and what they are said to be. */
class DashboardFilesTest {
  @TempDir private Path outside;
  private Path directory;

  @BeforeEach
  void files() throws IOException {
    directory = Files.createDirectories(outside.resolve("dashboard"));
    Files.createDirectories(directory.resolve("vendor/deep"));
    for (var name :
        new String[] {"index.html", "app.js", "vendor/part.js", "vendor/deep/too.js", "notes.md"}) {
      Files.writeString(directory.resolve(name), name);
    }
    Files.writeString(outside.resolve("secret.txt"), "secret");
    Files.createSymbolicLink(directory.resolve("link.txt"), outside.resolve("secret.txt"));
  }

  @ParameterizedTest
  @CsvSource({"/, index.html", "/ui/app.js, app.js", "/ui/vendor/part.js, vendor/part.js"})
  void files_are_at_their_paths(String path, String content) {
    var file = DashboardFiles.in(directory).at(path).orElseThrow();

    assertThat(file.content().utf8String()).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ui/index.html",
        "/ui/notes.md",
        "/ui/link.txt",
        "/ui/vendor/deep/too.js",
        "/ui/../secret.txt",
        "/ui/../dashboard/app.js",
        "/ui//app.js",
        "/ui/vendor/../app.js",
        "/app.js",
        "/ui",
        ""
      })
  void nothing_else_is_a_file_of_it(String path) {
    assertThat(DashboardFiles.in(directory).at(path)).isEmpty();
  }

  @Test
  void the_program_has_its_own() {
    var files = DashboardFiles.packaged();

    assertThat(files.at("/").orElseThrow().content().utf8String()).startsWith("<!doctype html>");
    assertThat(files.at("/ui/app.js")).isPresent();
    assertThat(files.at("/ui/vendor/manifest.json")).isPresent();
    assertThat(files.at("/ui/../application.conf")).isEmpty();
  }

  @Test
  void another_content_has_another_tag() throws IOException {
    var files = DashboardFiles.in(directory);
    var before = files.at("/ui/app.js").orElseThrow();
    Files.writeString(directory.resolve("app.js"), "changed");
    var after = files.at("/ui/app.js").orElseThrow();

    assertThat(after.content().utf8String()).isEqualTo("changed");
    assertThat(after.tag()).isNotEqualTo(before.tag());
  }

  @ParameterizedTest
  @CsvSource({
    "a.html, text/html; charset=UTF-8",
    "a.js, text/javascript; charset=UTF-8",
    "a.css, text/css; charset=UTF-8",
    "a.svg, image/svg+xml",
    "a.json, application/json",
    "a.txt, text/plain; charset=UTF-8",
    "a.png, image/png"
  })
  void the_type_follows_from_the_name(String name, String type) {
    assertThat(DashboardFile.type(name)).hasValueSatisfying(it -> assertThat(it).hasToString(type));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a.exe", "a.js.bak", ".htaccess"})
  void a_file_of_another_type_has_none(String name) {
    assertThat(DashboardFile.type(name)).isEmpty();
  }
}
