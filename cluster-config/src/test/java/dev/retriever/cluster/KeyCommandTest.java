package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.security.keys.ApiKey;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command that makes keys. */
class KeyCommandTest {
  @TempDir private Path directory;

  private record Run(int status, String out, String err) {}

  private static Run run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var status =
        KeyCommand.run(List.of(args), new PrintStream(out, true), new PrintStream(err, true));
    return new Run(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void the_key_alone_is_the_output_and_its_entry_is_explained_apart() {
    var run = run("new", "--tenant", "shop", "--roles=submit,read", "--expires", "2090-01-31");

    assertThat(run.status()).isZero();
    var key = ApiKey.parse(run.out().strip()).orElseThrow();
    assertThat(run.out()).isEqualTo(key.secretText() + System.lineSeparator());
    assertThat(run.err()).doesNotContain(key.secretText());
    var line = run.err().lines().filter(it -> it.startsWith("{ id")).findFirst().orElseThrow();
    var entry = ConfigFactory.parseString(line);
    assertThat(entry.getString("id")).isEqualTo(key.id());
    assertThat(entry.getString("hash")).isEqualTo(key.hash().hex());
    assertThat(entry.getString("tenant")).isEqualTo("shop");
    assertThat(entry.getStringList("roles")).containsExactly("read", "submit");
    assertThat(entry.getString("origins")).isEqualTo("*");
    assertThat(entry.getString("expires")).isEqualTo("2090-01-31T00:00:00Z");
  }

  @Test
  void an_entry_is_added_to_a_file_for_its_owner_alone() throws Exception {
    var file = directory.resolve("keys.conf");
    run("new", "--append", file.toString());
    var second = run("new", "--append=" + file, "--id", "abcdefghij27");

    assertThat(second.out()).startsWith("rtv_abcdefghij27_");
    assertThat(Files.readAllLines(file)).filteredOn(it -> it.startsWith("  { id = ")).hasSize(2);
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    var again = run("new", "--append=" + file, "--id", "abcdefghij27");
    assertThat(again.status()).isEqualTo(2);
    assertThat(again.out()).isEmpty();
    assertThat(again.err()).contains("has a key abcdefghij27 already");
  }

  @Test
  void a_file_that_cannot_be_written_ends_it_without_a_key() {
    var run = run("new", "--append", directory.resolve("none/keys.conf").toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "old                   | the command is",
        "new --tenant          | --tenant needs a value",
        "new --king x          | unknown argument --king",
        "new --roles king      | 'king' is no role",
        "new --tenant A        | the name of a tenant",
        "new --origins a*b     | a pattern of origins",
        "new --expires now     | expires must be a date",
        "new --id x            | id must be 12 of a-z 2-7",
      })
  void a_wrong_option_is_told(String args, String message) {
    var run = run(args.split(" "));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(message);
  }

  @Test
  void help_lists_the_options() {
    assertThat(run("--help").out()).contains("--append FILE");
    assertThat(run("new", "--help").status()).isZero();
  }
}
