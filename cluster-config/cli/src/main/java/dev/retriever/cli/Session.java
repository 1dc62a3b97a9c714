package dev.retriever.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.cli.text.Table;
import dev.retriever.client.RetrieverClient;
import dev.retriever.client.wire.SentRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What every command has: a client, and ways to show things. */
final class Session {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How answers are shown. */
  enum Form {
    table,
    json
  }

  @Mixin private final Connection connection = new Connection();

  @Option(
      scope = ScopeType.INHERIT,
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "table or json; table by default")
  private Form form = Form.table;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--curl",
      description = "print the request as curl, and do not send it")
  private boolean curl;

  private Surroundings around;

  void in(Surroundings surroundings) {
    around = surroundings.withInputReadOnce();
  }

  Surroundings around() {
    return around;
  }

  Connection connection() {
    return connection;
  }

  boolean isJson() {
    return form == Form.json;
  }

  RetrieverClient client() {
    try {
      return connection.client(around, this::beforeEach);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void beforeEach(SentRequest request) {
    if (curl) {
      say(CurlText.of(request));
      throw new CurlText.Printed();
    }
    if (request.attempt() == 2) {
      note("no answer yet; asking again for up to 30 s");
    }
  }

  void say(String line) {
    around.out().println(line);
    around.out().flush();
  }

  void note(String line) {
    around.err().println(line);
    around.err().flush();
  }

  void json(JsonNode json) {
    try {
      say(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One object: its JSON, or lines that the function makes. */
  void show(JsonNode json, Function<JsonNode, List<String>> lines) {
    if (isJson()) {
      json(json);
    } else {
      lines.apply(json).forEach(this::say);
    }
  }

  /** Several: an array of JSON, or a table. */
  void show(List<? extends JsonNode> items, Table table, String none) {
    if (isJson()) {
      json(JSON.createArrayNode().addAll(items));
    } else if (table.isEmpty()) {
      say(none);
    } else {
      table.lines(around.width()).forEach(this::say);
    }
  }

  /** Whether somebody says yes; without a terminal nobody can. */
  boolean isAgreed(String question) {
    if (!around.isTerminal()) {
      note(question + " Nobody is here to say so: give --yes.");
      return false;
    }
    around.err().print(question + " [y/N] ");
    around.err().flush();
    try {
      var answer =
          new BufferedReader(new InputStreamReader(around.in(), StandardCharsets.UTF_8)).readLine();
      return answer != null && answer.strip().matches("(?i)y(es)?");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of that file, or of standard input for {@code -}. */
  String text(String file) {
    try {
      return file.equals("-")
          ? new String(around.in().readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The JSON of that file, or of standard input. */
  JsonNode document(String file) {
    try {
      return JSON.readTree(text(file));
    } catch (JsonProcessingException e) {
      throw new Refused(file + " is no JSON", "Correct it at line " + e.getLocation().getLineNr());
    }
  }
}
