package dev.retriever.cluster.security.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.CapturedLog;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of keys, as it is written and swapped. */
class KeysFileTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void name() {
    path = directory.resolve("keys.conf");
  }

  private static Key key() {
    var secret = ApiKey.generate(RANDOM);
    return new Key(
        secret.id(),
        secret.hash(),
        new Tenant("shop"),
        Set.of(Role.SUBMIT, Role.READ),
        new OriginPattern("order-*"),
        Optional.of(Instant.parse("2031-01-01T00:00:00Z")));
  }

  private KeysFile file() {
    return KeysFile.of(path, 10_000);
  }

  @Test
  void what_is_appended_is_read_back_and_the_file_is_for_its_owner_alone() throws IOException {
    var one = key();
    var two = key();
    NewEntry.append(path, one);
    NewEntry.append(path, two);

    var file = file();

    assertThat(file.find(one.id())).contains(one);
    assertThat(file.find(two.id())).contains(two);
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"keys = [] # mine", "keys = [\n# ]", "{ keys = [] }", "keys { }"})
  void a_file_that_does_not_end_with_its_list_is_left_as_it_is(String text) throws IOException {
    Files.writeString(path, text);

    assertThatThrownBy(() -> NewEntry.append(path, key()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keys.conf");
    assertThat(Files.readString(path)).isEqualTo(text);
    try (var files = Files.list(directory)) {
      assertThat(files).as("nothing is left").containsExactly(path);
    }
  }

  @Test
  void comments_and_entries_of_hand_stay() throws IOException {
    Files.writeString(path, "# mine\nkeys = [ %s ]\n".formatted(KeyEntries.entry(key())));
    var key = key();
    NewEntry.append(path, key);

    assertThat(Files.readString(path)).startsWith("# mine\nkeys = [ {");
    assertThat(file().find(key.id())).contains(key);
  }

  @Test
  void as_many_keys_as_may_be_are_read() throws IOException {
    var text = new StringBuilder("keys = [\n");
    var last = key();
    for (var i = 0; i < 9_999; i++) {
      last = key();
      text.append(KeyEntries.entry(last)).append('\n');
    }
    Files.writeString(path, text.append(']'));

    assertThat(file().find(last.id())).contains(last);
  }

  @Test
  void a_list_of_entries_needs_an_id_a_hash_and_roles() throws IOException {
    Files.writeString(
        path,
        "keys = [{ id = aaaaaaaaaaaa, hash = \"%s\", roles = \"read, admin\" }]"
            .formatted("0".repeat(64)));

    assertThat(file().find("aaaaaaaaaaaa"))
        .hasValueSatisfying(
            key -> {
              assertThat(key.tenant()).isEqualTo(Tenant.DEFAULT);
              assertThat(key.roles()).containsExactlyInAnyOrder(Role.READ, Role.ADMIN);
              assertThat(key.origins()).isEqualTo(OriginPattern.ANY);
              assertThat(key.expires()).isEmpty();
            });
  }

  @Test
  void a_file_that_was_swapped_is_read_again() throws IOException {
    var old = key();
    NewEntry.append(path, old);
    var file = file();
    var next = directory.resolve("next");
    var fresh = key();
    NewEntry.append(next, fresh);

    Files.move(next, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    file.readAgain();

    assertThat(file.find(old.id())).isEmpty();
    assertThat(file.find(fresh.id())).contains(fresh);
  }

  @Test
  void an_empty_file_has_no_keys() throws IOException {
    NewEntry.append(path, key());
    var file = file();
    Files.writeString(path, "");
    file.readAgain();

    assertThat(file).extracting("byId").isEqualTo(java.util.Map.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keys = [{",
        "keys = [{ id = aaaaaaaaaaaa, roles = [read], hash = rtv_SECRET }]",
        "keys = [{ id = rtv_SECRET, roles = [read], hash = \"00\" }]",
        "keys = [{ rtv_SECRET = 1 }]",
        "keys = [ rtv_SECRET ]",
        "keys = rtv_SECRET",
        "keys : rtv_SECRET { ]",
        "keys = ${rtv_SECRET}",
        "keys += { rtv_SECRET = 1 }",
        "keys = [{ hash \"rtv_SECRET\" }]",
        "rtv_SECRET",
        "rtv_SECRET = 1",
      })
  void a_broken_file_keeps_the_keys_and_is_told_once_without_showing_any_of_it(String broken)
      throws IOException {
    var key = key();
    NewEntry.append(path, key);
    var file = file();
    Files.writeString(path, broken);

    try (var log = CapturedLog.of(KeysFile.class)) {
      file.readAgain();
      file.readAgain();
      file.readAgain();

      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0)).contains("keys.conf").contains("stay");
      assertThat(log.lines().toString()).doesNotContain("SECRET");
    }
    assertThat(file.find(key.id())).contains(key);
    assertThatThrownBy(this::file)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keys.conf")
        .hasMessageNotContaining("SECRET")
        .hasNoCause();
  }

  @Test
  void a_file_that_is_gone_keeps_the_keys() throws IOException {
    var key = key();
    NewEntry.append(path, key);
    var file = file();
    Files.delete(path);
    file.readAgain();

    assertThat(file.find(key.id())).contains(key);
  }

  @Test
  void a_file_that_others_can_read_is_warned_of() throws IOException {
    NewEntry.append(path, key());
    var file = file();
    try (var log = CapturedLog.of(KeysFile.class)) {
      file.warnOfPermissions();
      assertThat(log.lines()).isEmpty();
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
      file.warnOfPermissions();
      assertThat(log.lines()).hasSize(1).first().asString().contains("0600");
    }
  }

  @Test
  void two_entries_with_one_id_are_refused() throws IOException {
    var entry = KeyEntries.entry(key());
    Files.writeString(path, "keys = [" + entry + ", " + entry + "]");

    assertThatThrownBy(this::file).hasMessageContaining("entry 2: an entry before it has the same");
  }

  @Test
  void a_file_with_more_keys_than_may_be_is_refused() throws IOException {
    NewEntry.append(path, key());
    NewEntry.append(path, key());

    assertThatThrownBy(() -> KeysFile.of(path, 1)).hasMessageContaining("more than 1 keys");
  }
}
