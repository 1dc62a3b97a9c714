package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests are what Kubernetes takes. */
class ManifestSchemaTest {
  @TempDir private Path directory;

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void every_manifest_is_of_its_type(String name, JsonNode manifest) {
    assertThatCode(() -> ManifestSchema.check(manifest)).doesNotThrowAnyException();
  }

  static Stream<Object[]> every_manifest_is_of_its_type() {
    return Stream.of("overlays/dev", "overlays/production", "examples")
        .flatMap(
            overlay ->
                Kustomization.build(overlay).stream()
                    .map(
                        manifest ->
                            new Object[] {
                              overlay
                                  + " "
                                  + Kustomization.kind(manifest)
                                  + " "
                                  + Kustomization.name(manifest),
                              manifest
                            }));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{maxUnavailble: 1}                              | maxUnavailble",
        "{maxUnavailable: true}                          | BOOLEAN",
        "{selector: {matchLabels: [a]}}                  | a",
        "{unhealthyPodEvictionPolicy: 5}                 | unhealthyPodEvictionPolicy",
        "{selector: {matchExpressions: [{key: a}]}}      | operator",
        "{selector: {matchLabel: {a: b}}}                | matchLabel",
      })
  void a_manifest_with_a_mistake_is_refused(String spec, String named) {
    var yaml = "{apiVersion: policy/v1, kind: PodDisruptionBudget, spec: " + spec + "}";

    assertThatThrownBy(() -> ManifestSchema.check(Kustomization.parse(yaml).get(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }

  @Test
  void a_number_in_quotes_is_no_number() {
    var yaml = "{apiVersion: v1, kind: Service, spec: {ports: [{name: http, port: \"80\"}]}}";

    assertThatThrownBy(() -> ManifestSchema.check(Kustomization.parse(yaml).get(0)))
        .hasMessageContaining("/spec/ports/0/port is \"80\", understood as 80");
  }

  @Test
  void a_key_that_comes_twice_is_refused() {
    assertThatThrownBy(() -> Kustomization.parse("a: 1\nb: 2\na: 3\n"))
        .hasMessageContaining("duplicate key");
  }

  @Test
  void every_file_is_part_of_what_is_applied() throws IOException {
    try (var files = Files.walk(Kustomization.ROOT)) {
      var unused =
          files
              .filter(file -> file.toString().endsWith(".yaml"))
              .filter(file -> !file.endsWith("kustomization.yaml"))
              .filter(file -> !isNamedBeside(file))
              .toList();

      assertThat(unused).isEmpty();
    }
  }

  private static boolean isNamedBeside(Path file) {
    var says = Kustomization.read(file.resolveSibling("kustomization.yaml")).get(0);
    return Stream.concat(
            Kustomization.elements(says.path("resources")).map(JsonNode::asText),
            Kustomization.elements(says.path("patches")).map(patch -> patch.path("path").asText()))
        .anyMatch(file.getFileName().toString()::equals);
  }

  /** Where kubectl is installed, what these tests look at is what it would apply. */
  @ParameterizedTest
  @ValueSource(strings = {"overlays/dev", "overlays/production", "examples"})
  void kustomize_makes_the_same(String overlay) throws Exception {
    var out = directory.resolve("out.yaml");
    assumeTrue(kustomize(overlay, out), "kubectl is not installed");

    var made = Kustomization.parse(withoutHash(Files.readString(out)));

    assertThat(Kustomization.byName(made))
        .isEqualTo(Kustomization.byName(Kustomization.build(overlay)));
  }

  private static boolean kustomize(String overlay, Path out) throws InterruptedException {
    try {
      var command = List.of("kubectl", "kustomize", Kustomization.ROOT.resolve(overlay).toString());
      var process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("kubectl does not end");
      }
      assertThat(process.exitValue()).isZero();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String withoutHash(String yaml) {
    return yaml.lines()
        .map(line -> line.replaceAll("(name: retriever(?:-settings)?)-[a-z0-9]{10}$", "$1"))
        .collect(Collectors.joining("\n"));
  }
}
