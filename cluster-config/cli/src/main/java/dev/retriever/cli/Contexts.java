package dev.retriever.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes that commands speak to, by names. Kept in a file that its owner alone may read, and
 * that is replaced as a whole.
 */
final class Contexts {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One of them.
   *
   * @param keyFile where the key is read at each command
   * @param key when it was given on standard input
   * @param ca certificates that are trusted, in PEM
   */
  record Named(
      String url,
      Optional<String> management,
      Optional<String> keyFile,
      Optional<String> key,
      Optional<String> ca) {

    /** A node of this machine with the usual ports. */
    static final Named LOCAL =
        new Named(
            "http://127.0.0.1:8080",
            Optional.of("http://127.0.0.1:8558"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    @Override
    public String toString() {
      return url;
    }
  }

  private final Path file;
  private final Map<String, Named> all = new LinkedHashMap<>();
  private String current = "";

  private Contexts(Path file) {
    this.file = file;
  }

  /** Those of that file; none if it is not there. */
  static Contexts read(Path file) throws IOException {
    var contexts = new Contexts(file);
    if (Files.exists(file)) {
      var json = parsed(file);
      contexts.current = json.path("current").asText("");
      json.path("contexts")
          .properties()
          .forEach(it -> contexts.all.put(it.getKey(), named(it.getValue())));
    }
    return contexts;
  }

  private static JsonNode parsed(Path file) throws IOException {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      // without what the parser quotes, which may be a key
      throw new IOException(file + " is no JSON: correct it, or remove it and add contexts anew");
    }
  }

  private static Named named(JsonNode json) {
    return new Named(
        json.path("url").asText(),
        text(json, "management"),
        text(json, "keyFile"),
        text(json, "key"),
        text(json, "ca"));
  }

  private static Optional<String> text(JsonNode json, String name) {
    return Optional.of(json.path(name)).filter(JsonNode::isTextual).map(JsonNode::asText);
  }

  Map<String, Named> all() {
    return Map.copyOf(all);
  }

  String current() {
    return current;
  }

  Optional<Named> get(String name) {
    return Optional.ofNullable(all.get(name));
  }

  /** The first one becomes the current one. */
  void add(String name, Named named) throws IOException {
    all.put(name, named);
    current = current.isEmpty() ? name : current;
    write();
  }

  void use(String name) throws IOException {
    current = name;
    write();
  }

  void remove(String name) throws IOException {
    all.remove(name);
    current = current.equals(name) ? "" : current;
    write();
  }

  private void write() throws IOException {
    var json = JSON.createObjectNode().put("current", current);
    var named = json.putObject("contexts");
    all.forEach((name, it) -> written(named.putObject(name), it));
    var directory = Files.createDirectories(file.toAbsolutePath().getParent());
    var permissions = PosixFilePermissions.fromString("rw-------");
    var made =
        Files.createTempFile(
            directory, "contexts", ".json", PosixFilePermissions.asFileAttribute(permissions));
    Files.writeString(made, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void written(ObjectNode json, Named named) {
    json.put("url", named.url());
    named.management().ifPresent(it -> json.put("management", it));
    named.keyFile().ifPresent(it -> json.put("keyFile", it));
    named.key().ifPresent(it -> json.put("key", it));
    named.ca().ifPresent(it -> json.put("ca", it));
  }
}
