package dev.retriever.cluster.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the dashboard takes from elsewhere is what was published, and nothing else is there. */
class VendoredFilesTest {
  private static Path dashboard() throws URISyntaxException {
    return Path.of(VendoredFilesTest.class.getResource("/dashboard/index.html").toURI())
        .getParent();
  }

  private static JsonNode packages(Path vendor) throws IOException {
    return new ObjectMapper().readTree(vendor.resolve("manifest.json").toFile()).at("/packages");
  }

  private static String hash(byte[] content) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  @Test
  void each_file_is_in_the_manifest_with_its_hash_version_and_licence() throws Exception {
    var vendor = dashboard().resolve("vendor");
    var named = new TreeSet<String>();
    for (var library : packages(vendor)) {
      assertThat(library.at("/version").asText()).matches("[0-9]+\\.[0-9]+\\.[0-9]+");
      assertThat(library.at("/licence").asText()).isNotEmpty();
      assertThat(vendor.resolve(library.at("/licenceFile").asText())).isNotEmptyFile();
      for (var file : library.at("/files")) {
        var name = file.at("/file").asText();
        assertThat(hash(Files.readAllBytes(vendor.resolve(name))))
            .as(name)
            .isEqualTo(file.at("/sha256").asText());
        named.add(name);
      }
    }
    try (var files = Files.list(vendor)) {
      assertThat(files.map(it -> it.getFileName().toString()))
          .filteredOn(it -> !it.startsWith("LICENSE") && !it.equals("manifest.json"))
          .containsExactlyInAnyOrderElementsOf(named);
    }
  }

  @Test
  void what_looks_for_barriers_in_pages_is_what_was_published() throws Exception {
    assertThat(hash(Axe.source())).isEqualTo(Axe.SHA_256);
  }

  /** They would be stopped by the policy, or are ways for text to become markup. */
  @Test
  void pages_have_neither_inline_code_nor_ways_for_text_to_become_markup() throws Exception {
    try (Stream<Path> files = Files.walk(dashboard())) {
      var own = files.filter(Files::isRegularFile).filter(it -> !it.toString().contains("vendor"));
      for (var file : own.toList()) {
        assertThat(Files.readString(file))
            .as(file.toString())
            .doesNotContain(
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                "javascript:",
                "dangerouslySetInnerHTML",
                " onclick=",
                "<style",
                "http://cdn",
                "https://cdn");
      }
    }
  }
}
