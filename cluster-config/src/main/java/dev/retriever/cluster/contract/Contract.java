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
 * The OpenAPI document of a port, as it was written, and as JSON. Each is read once in a process,
 * since a node has several uses for it, and taking it apart is slow. Thread-safe.
 */
public final class Contract {
  private static final Contract API = read("retriever.yaml");
  private static final Contract MANAGEMENT = read("retriever-admin.yaml");

  private final String yaml;
  private JsonNode json;
  private byte[] jsonBytes;

  private Contract(String yaml) {
    this.yaml = yaml;
  }

  /** The contract of the port for callers. */
  public static Contract ofApi() {
    return API;
  }

  /** The contract of the port for operators. */
  public static Contract ofManagement() {
    return MANAGEMENT;
  }

  private static Contract read(String name) {
    var path = "/openapi/" + name;
    try (var stream = Contract.class.getResourceAsStream(path)) {
      if (stream == null) {
        throw new IllegalStateException("the program has no " + path + "; install it again");
      }
      return new Contract(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
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
    var contract = new Contract(yaml);
    contract.json();
    return contract;
  }

  /** The document with its comments, without a byte order mark. */
  public String yaml() {
    return yaml;
  }

  /**
   * The same document, with its members in the same order. All who ask share it, so nobody may
   * change it.
   *
   * @throws IllegalStateException if the document in the program is damaged
   */
  public synchronized JsonNode json() {
    if (json == null) {
      json = parsed(yaml);
    }
    return json;
  }

  private static JsonNode parsed(String yaml) {
    try {
      var options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      var tree = new Yaml(new SafeConstructor(options)).<Object>load(yaml);
      return new ObjectMapper().valueToTree(tree);
    } catch (RuntimeException e) {
      throw new IllegalStateException("an OpenAPI document is damaged: " + e.getMessage(), e);
    }
  }

  /** The version of the contract, which is that of the program. */
  public String version() {
    return json().at("/info/version").asText();
  }

  byte[] yamlBytes() {
    return Utf8.bytes("a contract", yaml);
  }

  synchronized byte[] jsonBytes() {
    if (jsonBytes == null) {
      jsonBytes = Utf8.bytes("a contract", json().toString());
    }
    return jsonBytes;
  }
}
