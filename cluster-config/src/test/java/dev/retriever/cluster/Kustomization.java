package dev.retriever.cluster;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What kustomize makes of a directory, as far as ours use it: any other key is refused. Names of
 * generated ConfigMaps have no hash here.
 */
final class Kustomization {
  static final Path ROOT = Path.of("kubernetes");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> KEYS =
      Set.of(
          "apiVersion",
          "kind",
          "namespace",
          "resources",
          "images",
          "replicas",
          "configMapGenerator",
          "patches");
  private static final Set<String> WITHOUT_NAMESPACE = Set.of("Namespace", "ClusterRoleBinding");

  private final List<ObjectNode> manifests = new ArrayList<>();

  private Kustomization() {}

  /** The manifests of a directory below {@link #ROOT}, such as {@code overlays/dev}. */
  static List<ObjectNode> build(String directory) {
    return build(ROOT.resolve(directory));
  }

  private static List<ObjectNode> build(Path directory) {
    var made = new Kustomization();
    made.apply(directory, (ObjectNode) read(directory.resolve("kustomization.yaml")).get(0));
    return made.manifests;
  }

  private void apply(Path directory, ObjectNode says) {
    says.fieldNames().forEachRemaining(key -> refuseUnless(KEYS.contains(key), key));
    says.path("resources").forEach(resource -> addResource(directory.resolve(resource.asText())));
    says.path("configMapGenerator").forEach(it -> generate(directory, it));
    says.path("patches").forEach(patch -> patch(directory, patch));
    says.path("replicas").forEach(this::scale);
    says.path("images").forEach(this::replaceImage);
    if (says.has("namespace")) {
      var namespace = says.get("namespace").asText();
      manifests.stream()
          .filter(manifest -> !WITHOUT_NAMESPACE.contains(kind(manifest)))
          .forEach(manifest -> manifest.withObject("/metadata").put("namespace", namespace));
      ofKind("RoleBinding")
          .forEach(
              binding ->
                  binding
                      .path("subjects")
                      .forEach(subject -> ((ObjectNode) subject).put("namespace", namespace)));
    }
  }

  private void addResource(Path resource) {
    if (Files.isDirectory(resource)) {
      manifests.addAll(build(resource));
    } else {
      read(resource).forEach(manifest -> manifests.add((ObjectNode) manifest));
    }
  }

  private void generate(Path directory, JsonNode generator) {
    var name = generator.get("name").asText();
    var existing = ofKind("ConfigMap").filter(map -> name(map).equals(name)).findFirst();
    var behavior = generator.path("behavior").asText("create");
    refuseUnless(
        existing.isPresent() == Set.of("merge", "replace").contains(behavior),
        "behavior of ConfigMap " + name);
    var map = existing.orElseGet(() -> newConfigMap(name));
    if (behavior.equals("replace")) {
      map.remove("data");
    }
    for (var file : generator.path("files")) {
      map.withObject("/data").put(file.asText(), text(directory.resolve(file.asText())));
    }
    for (var literal : generator.path("literals")) {
      var pair = literal.asText().split("=", 2);
      map.withObject("/data").put(pair[0], pair[1]);
    }
  }

  private ObjectNode newConfigMap(String name) {
    var map = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
    map.putObject("metadata").put("name", name);
    manifests.add(map);
    return map;
  }

  private void patch(Path directory, JsonNode patch) {
    var target = patch.get("target");
    var patched =
        ofKind(target.get("kind").asText())
            .filter(manifest -> name(manifest).equals(target.get("name").asText()))
            .toList();
    refuseUnless(patched.size() == 1, "target " + target);
    for (var operation : read(directory.resolve(patch.get("path").asText())).get(0)) {
      var path = JsonPointer.compile(operation.get("path").asText());
      change(operation, patched.get(0).at(path.head()), path.last().getMatchingProperty());
    }
  }

  private static void change(JsonNode operation, JsonNode parent, String key) {
    switch (operation.get("op").asText()) {
      case "replace" -> {
        refuseUnless(parent.has(key), operation.toString());
        ((ObjectNode) parent).set(key, operation.get("value"));
      }
      case "add" -> {
        refuseUnless(parent.isArray() && key.equals("-"), operation.toString());
        ((ArrayNode) parent).add(operation.get("value"));
      }
      default -> refuseUnless(false, operation.toString());
    }
  }

  private void scale(JsonNode replicas) {
    ofKind("Deployment")
        .filter(named(replicas))
        .forEach(
            manifest ->
                manifest.withObject("/spec").put("replicas", replicas.get("count").asInt()));
  }

  private void replaceImage(JsonNode image) {
    ofKind("Deployment")
        .flatMap(manifest -> elements(manifest.at("/spec/template/spec/containers")))
        .map(ObjectNode.class::cast)
        .filter(container -> container.get("image").asText().equals(image.get("name").asText()))
        .forEach(
            container ->
                container.put(
                    "image", image.get("newName").asText() + ":" + image.get("newTag").asText()));
  }

  private static Predicate<JsonNode> named(JsonNode other) {
    return manifest -> name(manifest).equals(other.get("name").asText());
  }

  private Stream<ObjectNode> ofKind(String kind) {
    return manifests.stream().filter(manifest -> kind(manifest).equals(kind));
  }

  static String kind(JsonNode manifest) {
    return manifest.path("kind").asText();
  }

  static String name(JsonNode manifest) {
    return manifest.at("/metadata/name").asText();
  }

  static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static void refuseUnless(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("these tests do not know what kustomize does with " + what);
    }
  }

  /** The documents of a file. A key that comes twice is refused. */
  static List<JsonNode> read(Path file) {
    return parse(text(file));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> parse(String yaml) {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    var documents = new ArrayList<JsonNode>();
    new Yaml(new SafeConstructor(options))
        .loadAll(yaml)
        .forEach(document -> documents.add(JSON.valueToTree(document)));
    return documents;
  }

  /** By kind and name, to be compared. */
  static Map<String, JsonNode> byName(List<? extends JsonNode> manifests) {
    var sorted = new TreeMap<String, JsonNode>();
    manifests.forEach(manifest -> sorted.put(kind(manifest) + " " + name(manifest), manifest));
    return sorted;
  }
}
