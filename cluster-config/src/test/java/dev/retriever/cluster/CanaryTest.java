package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.joran.spi.JoranException;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.security.keys.ApiKey;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.executor.invocation.InvocationLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Blob;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A secret that is submitted by its name reaches the target, and nothing else. */
class CanaryTest {
  private static final String CANARY = "canary-5f0c1a77";

  @TempDir private Path directory;

  /** All that is logged by anybody, at any level that the node's own configuration lets through. */
  private static final class Log extends AppenderBase<ILoggingEvent> {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @Override
    protected void append(ILoggingEvent event) {
      var trace =
          event.getThrowableProxy() == null
              ? ""
              : ThrowableProxyUtil.asString(event.getThrowableProxy());
      lines.add(event.getLoggerName() + " " + event.getFormattedMessage() + " " + trace);
    }
  }

  /** What a node does not log at any level, because it would show whole requests. */
  private static void asInANode(LoggerContext context) throws JoranException {
    var ofANode = new LoggerContext();
    var reader = new JoranConfigurator();
    reader.setContext(ofANode);
    reader.doConfigure(CanaryTest.class.getResource("/logback.xml"));
    ofANode.getLoggerList().stream()
        .filter(logger -> logger.getLevel() == Level.OFF)
        .forEach(logger -> context.getLogger(logger.getName()).setLevel(Level.OFF));
    ofANode.stop();
  }

  private RunningNode node(Path secret) {
    return RunningNode.start(
        directory.resolve("data"),
        RunningNode.MAY_CALL_LOOPBACK,
        "retriever.invocation-log.enabled = on",
        "retriever.executor.transport.secrets { canary { file = \""
            + secret
            + "\", hosts = [\"127.0.0.1\"], plain-http = on } }");
  }

  private static String spec(String id, String url, String more) {
    return json(
        "{'id': '%s', 'request': {'url': '%s', 'headers': "
            + "{'Authorization': {'secret': 'canary', 'prefix': 'Bearer '}}} %s}",
        id, url, more.replace('\'', '"'));
  }

  private interface Logged {
    void run() throws Exception;
  }

  /** All that is logged meanwhile. */
  private static List<String> logged(Logged work) throws Exception {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    var level = root.getLevel();
    var console = root.getAppender("STDERR");
    var log = new Log();
    log.setContext(context);
    log.start();
    asInANode(context);
    root.detachAppender(console);
    root.addAppender(log);
    root.setLevel(Level.TRACE);
    try {
      work.run();
    } finally {
      root.setLevel(level);
      root.detachAppender(log);
      root.addAppender(console);
    }
    return log.lines;
  }

  @Test
  void it_is_in_no_row_no_log_no_figure_and_no_answer() throws Exception {
    var secret = Files.writeString(directory.resolve("secret"), CANARY);
    var lines = logged(() -> sendTheSecret(secret));

    assertThat(lines).anyMatch(line -> line.startsWith(InvocationLog.LOGGER));
    assertThat(lines).hasSizeGreaterThan(100).noneMatch(line -> line.contains(CANARY));
  }

  private void sendTheSecret(Path secret) throws SQLException, IOException {
    try (var target = new TestTarget();
        var node = node(secret)) {
      var seen = new ArrayList<String>();
      seen.add(node.api().settled("o", spec("ok", target.url("/ok"), "")).text());
      seen.add(node.api().settled("o", spec("drop", target.url("/drop"), "")).text());
      seen.add(
          node.api()
              .settled("o", spec("late", target.url("/never"), ", 'timeout': '100ms'"))
              .text());
      seen.add(node.api().submit("o", spec("evil", "https://evil.example/", "")).text());
      assertThat(target.hits("ok").get(0).headers().get("Authorization"))
          .containsExactly("Bearer " + CANARY);
      seen.add(node.api().get(fetch("o", "ok")).text());
      seen.add(node.management().get("/stats").text());
      seen.add(node.management().get("/v1/origins/http/o").text());
      seen.addAll(rows());

      assertThat(seen).hasSizeGreaterThan(10).noneMatch(text -> text.contains(CANARY));
      assertThat(seen.toString()).as("its name may be known").contains("canary");
    }
  }

  @Test
  void a_key_is_in_no_row_no_log_no_figure_and_no_answer_but_the_one_that_shows_it()
      throws Exception {
    var keys = new ArrayList<ApiKey>();
    var lines = logged(() -> keys.addAll(useKeys()));

    for (var key : keys) {
      var secret = key.secretText().substring("rtv_".length() + key.id().length() + 1);
      assertThat(lines).hasSizeGreaterThan(100).noneMatch(line -> line.contains(secret));
    }
  }

  /** With a key of the configuration, one of the database, and ones that are not accepted. */
  private List<ApiKey> useKeys() throws SQLException, IOException {
    var random = new SecureRandom();
    var first = ApiKey.generate(random);
    var unknown = ApiKey.generate(random);
    var settings =
        "retriever.node.auth.keys.configured = [{ id = %s, hash = \"%s\", roles = [%s] }]"
            .formatted(first.id(), first.hash().hex(), String.join(", ", Role.keys()));
    try (var target = new TestTarget();
        var node =
            RunningNode.start(
                directory.resolve("data"),
                RunningNode.MAY_CALL_LOOPBACK,
                "retriever.invocation-log.enabled = on",
                settings)) {
      var made = made(node, first);
      var second = ApiKey.parse(made.at("/key")).orElseThrow();
      var seen = new ArrayList<String>();
      for (var key : List.of(first, second, unknown)) {
        var headers = bearing(key);
        var wrong = bearing(key);
        wrong[1] += "x";
        seen.add(node.api().submit("o", spec(key.id(), target.url("/ok"), ""), headers).text());
        seen.add(node.api().get(fetch("o", key.id()), headers).text());
        seen.add(node.api().get(fetch("o", key.id()), wrong).text());
        seen.add(node.management().get("/stats", headers).text());
        seen.add(node.management().get("/admin/keys", headers).text());
        seen.add(node.management().get("/admin/keys/" + key.secretText(), bearing(first)).text());
        seen.add(node.api().get("/v1/origins/o/fetches?key=" + key.secretText()).text());
      }
      seen.add(
          node.management()
              .send("DELETE", "/admin/keys/" + second.id(), null, bearing(first))
              .text());
      seen.addAll(rows());

      for (var key : List.of(first, second, unknown)) {
        assertThat(seen).noneMatch(text -> text.contains(key.secretText()));
      }
      assertThat(seen.toString()).as("its id may be known").contains(second.id());
      return List.of(first, second, unknown);
    }
  }

  private static Api.Answer made(RunningNode node, ApiKey maker) {
    return node.management()
        .send(
            "POST",
            "/admin/keys",
            json("{'roles': ['submit', 'read']}").getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/json",
            "Authorization",
            "Bearer " + maker.secretText());
  }

  private static String[] bearing(ApiKey key) {
    return new String[] {"Authorization", "Bearer " + key.secretText()};
  }

  /** Every row of every table, with its bytes as text. */
  private List<String> rows() throws SQLException, IOException {
    var storage = Storage.from(RunningNode.config(directory.resolve("data")));
    var all = new ArrayList<String>();
    try (var connection =
            DriverManager.getConnection(storage.url(), storage.user(), storage.password());
        var tables = connection.getMetaData().getTables(null, "PUBLIC", null, null)) {
      while (tables.next()) {
        var table = "SELECT * FROM \"" + tables.getString("TABLE_NAME") + "\"";
        try (var query = connection.createStatement();
            var rows = query.executeQuery(table)) {
          while (rows.next()) {
            for (var i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              all.add(text(rows.getObject(i)));
            }
          }
        }
      }
    }
    return all;
  }

  private static String text(Object column) throws SQLException {
    if (column instanceof Blob blob) {
      return text(blob.getBytes(1, (int) blob.length()));
    }
    return column instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.ISO_8859_1)
        : String.valueOf(column);
  }

  @Test
  void a_secret_that_is_not_for_that_host_is_refused_at_once() throws IOException {
    var secret = Files.writeString(directory.resolve("secret"), CANARY);
    try (var node = node(secret)) {
      var refused = node.api().submit("o", spec("evil", "https://evil.example/", ""));

      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.at("/type")).isEqualTo("/problems/secret-not-allowed");
      assertThat(refused.at("/errors/0/pointer")).isEqualTo("/request/headers/Authorization");
    }
  }
}
