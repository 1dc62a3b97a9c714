package dev.retriever.cluster.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.executor.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The OpenAPI document of a port, as it was written, and as JSON. Immutable.
 *
 * @param yaml the document with its comments, in UTF-8 without a byte order mark
 * @param json the same document, with its members in the same order
 */
public record Contract(String yaml, JsonNode json) {
  /**
   * The contract of the port for callers.
   *
   * @throws IllegalStateException if the document in the program is damaged
   */
  public static Contract ofApi() {
    return read("retriever.yaml");
  }

  /**
   * The contract of the port for operators.
   *
   * @throws IllegalStateException if the document in the program is damaged
   */
  public static Contract ofManagement() {
    return read("retriever-admin.yaml");
  }

  private static Contract read(String name) {
    var path = "/openapi/" + name;
    try (var stream = Contract.class.getResourceAsStream(path)) {
      if (stream == null) {
        throw new IllegalStateException("the program has no " + path + "; install it again");
      }
      return of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("the program's " + path + " cannot be read", e);
    }
  }

  /**
   * The document with that text.
   *
   * @throws IllegalStateException if the text is not YAML, or uses a key twice
   */
  static Contract of(String yaml) {
    try {
      var options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      var tree = new Yaml(new SafeConstructor(options)).<Object>load(yaml);
      return new Contract(yaml, new ObjectMapper().valueToTree(tree));
    } catch (RuntimeException e) {
      throw new IllegalStateException("an OpenAPI document is damaged: " + e.getMessage(), e);
    }
  }

  /** The version of the contract, which is that of the program. */
  public String version() {
    return json.at("/info/version").asText();
  }

  byte[] yamlBytes() {
    return Utf8.bytes("a contract", yaml);
  }

  byte[] jsonBytes() {
    return Utf8.bytes("a contract", json.toString());
  }
}
