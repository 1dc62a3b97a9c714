package dev.retriever.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextsTest {
  private static final Contexts.Named NODE =
      new Contexts.Named(
          "https://a.example",
          Optional.of("https://a.example:8558"),
          Optional.empty(),
          Optional.of("rtv_secret"),
          Optional.empty());

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("retriever").resolve("contexts.json");
  }

  @Test
  void the_file_is_for_its_owner_alone_also_when_it_is_replaced() throws IOException {
    var contexts = Contexts.read(file());
    contexts.add("a", NODE);
    contexts.add("b", NODE);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    try (var files = Files.list(file().getParent())) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void the_first_context_is_current_until_another_one_is_used_or_it_is_removed()
      throws IOException {
    var contexts = Contexts.read(file());
    contexts.add("a", NODE);
    contexts.add("b", Contexts.Named.LOCAL);

    assertThat(Contexts.read(file()).current()).isEqualTo("a");
    contexts.use("b");
    assertThat(Contexts.read(file()).current()).isEqualTo("b");
    contexts.remove("b");
    assertThat(Contexts.read(file()).current()).isEmpty();
    assertThat(Contexts.read(file()).all()).containsOnlyKeys("a").containsValue(NODE);
  }

  @Test
  void a_broken_file_is_told_without_what_it_holds() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "{\"key\": rtv_secret");

    assertThatThrownBy(() -> Contexts.read(file()))
        .hasMessageContaining("contexts.json is no JSON")
        .hasMessageNotContaining("rtv_secret");
    assertThat(NODE.toString()).doesNotContain("rtv_secret");
  }
}
