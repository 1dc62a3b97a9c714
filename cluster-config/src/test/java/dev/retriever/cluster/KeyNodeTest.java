package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.security.keys.ApiKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node whose callers have keys. */
class KeyNodeTest {
  private static final String FETCH =
      json("{'id': 'a', 'request': {'url': 'http://target.test/'}}");

  private static Path file;
  private static RunningNode node;
  private static String admin;
  private static String caller;
  private static String shopAdmin;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    file = Files.createDirectory(directory.resolve("data")).resolve("keys.conf");
    admin = newKey("--roles", "admin,read,metrics");
    caller = newKey("--roles", "submit,read", "--origins", "order-*");
    shopAdmin = newKey("--tenant", "shop", "--roles", "admin,read,submit", "--origins", "order-*");
    node =
        RunningNode.start(
            directory.resolve("data"),
            "retriever.node.auth.keys { read-interval = 100 ms, max-keys = 50 }",
            "retriever.node.auth.failed-tries.burst = 100000");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** As a user makes it, in the file that the node reads. */
  private static String newKey(String... options) {
    var out = new ByteArrayOutputStream();
    var args = new ArrayList<>(List.of("new", "--append", file.toString()));
    args.addAll(Arrays.asList(options));
    var status =
        KeyCommand.run(
            args, new PrintStream(out, true), new PrintStream(new ByteArrayOutputStream(), true));
    assertThat(status).isZero();
    return out.toString(StandardCharsets.UTF_8).strip();
  }

  private static String[] bearing(String key, String... more) {
    var all = new ArrayList<>(List.of("Authorization", "Bearer " + key));
    all.addAll(Arrays.asList(more));
    return all.toArray(String[]::new);
  }

  private static Api.Answer make(String maker, String body, Object... arguments) {
    return node.management()
        .send(
            "POST",
            "/admin/keys",
            json(body, arguments).getBytes(StandardCharsets.UTF_8),
            bearing(maker, "Content-Type", "application/json"));
  }

  private static Api.Answer revoke(String revoker, String id) {
    return node.management().send("DELETE", "/admin/keys/" + id, null, bearing(revoker));
  }

  @Test
  void loopback_asks_for_keys_too_when_there_are_any() throws Exception {
    assertThat(node.api().submit("order-1", FETCH).status()).isEqualTo(401);
    assertThat(node.journaled("order-1")).isZero();
    assertThat(node.api().submit("order-1", FETCH, bearing(caller)).status()).isEqualTo(202);
    assertThat(node.management().get("/alive").status()).isEqualTo(200);
    assertThat(node.management().get("/stats", bearing(admin)).at("/authentication"))
        .isEqualTo("required");
  }

  @Test
  void a_key_is_shown_once_and_opens_at_once_what_it_allows() {
    var made =
        make(admin, "{'roles': ['submit', 'read'], 'origins': 'x-*', 'expires': '2090-01-01'}");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Cache-Control")).contains("no-store");
    var key = made.at("/key");
    assertThat(ApiKey.parse(key))
        .hasValueSatisfying(it -> assertThat(it.id()).isEqualTo(made.at("/id")));
    assertThat(made.at("/expires")).isEqualTo("2090-01-01T00:00:00Z");
    assertThat(made.at("/createdBy")).startsWith("key:");
    assertThat(made.at("/tenant")).isEqualTo("default");
    var location = made.header("Location").orElseThrow();
    var shown = node.management().get(location, bearing(admin));
    assertThat(shown.at("/id")).isEqualTo(made.at("/id"));
    assertThat(shown.text()).doesNotContain(key).doesNotContain("\"key\"").doesNotContain("hash");
    assertThat(node.api().submit("x-1", FETCH, bearing(key)).status()).isEqualTo(202);
  }

  @Test
  void a_revoked_key_is_refused_at_once_and_stays_in_the_list() {
    var made = make(admin, "{'roles': ['submit', 'read']}");
    var key = made.at("/key");
    assertThat(node.api().get("/v1/origins/r/fetches", bearing(key)).status()).isEqualTo(200);

    var revoked = revoke(admin, made.at("/id"));

    assertThat(revoked.status()).isEqualTo(200);
    assertThat(revoked.at("/revokedAt")).isNotEmpty();
    assertThat(node.api().get("/v1/origins/r/fetches", bearing(key)).status()).isEqualTo(401);
    assertThat(revoke(admin, made.at("/id")).at("/revokedAt"))
        .as("once")
        .isEqualTo(revoked.at("/revokedAt"));
    assertThat(node.management().get("/admin/keys?limit=500", bearing(admin)).json().get("items"))
        .anyMatch(it -> it.get("id").asText().equals(made.at("/id")) && it.has("revokedAt"));
  }

  @Test
  void the_list_has_pages() {
    for (var i = 0; i < 3; i++) {
      make(admin, "{'roles': ['read']}");
    }
    var first = node.management().get("/admin/keys?limit=2", bearing(admin));
    var second =
        node.management()
            .get("/admin/keys?limit=2&cursor=" + first.at("/nextCursor"), bearing(admin));

    assertThat(first.json().get("items")).hasSize(2);
    assertThat(second.at("/items/0/id")).isGreaterThan(first.at("/items/1/id"));
    for (var wrong : List.of("limit=0", "limit=x", "cursor=UP", "cursor=%27")) {
      var refused = node.management().get("/admin/keys?" + wrong, bearing(admin));
      assertThat(refused.status()).as(wrong).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'roles': ['read']}                                   | 201 |",
        "{'roles': ['read'], 'origins': 'order-7'}             | 201 |",
        "{'roles': ['admin'], 'origins': 'order-7*'}           | 201 |",
        "{'roles': ['read'], 'tenant': 'shop'}                 | 201 |",
        "{'roles': ['read'], 'tenant': 'default'}              | 403 | /tenant",
        "{'roles': ['read'], 'tenant': 'other'}                | 403 | /tenant",
        "{'roles': ['read', 'operate']}                        | 403 | /roles",
        "{'roles': ['metrics']}                                | 403 | /roles",
        "{'roles': ['read'], 'origins': '*'}                   | 403 | /origins",
        "{'roles': ['read'], 'origins': 'orde*'}               | 403 | /origins",
      })
  void a_key_gives_no_more_than_it_has(String body, int status, String pointer) {
    var answer = make(shopAdmin, body);

    assertThat(answer.status()).isEqualTo(status);
    if (pointer == null) {
      assertThat(answer.at("/tenant")).isEqualTo("shop");
      assertThat(answer.at("/origins")).startsWith("order-");
      revoke(shopAdmin, answer.at("/id"));
    } else {
      assertThat(answer.at("/errors/0/pointer")).isEqualTo(pointer);
    }
  }

  @Test
  void an_admin_of_the_default_tenant_gives_anything() {
    var made = make(admin, "{'tenant': 'other', 'roles': ['operate', 'admin'], 'origins': 'z*'}");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.at("/tenant")).isEqualTo("other");
  }

  @Test
  void a_key_of_another_tenant_is_as_if_it_were_not_there() {
    var id = make(admin, "{'roles': ['read']}").at("/id");
    var none = "aaaaaaaaaaaa";
    for (var method : List.of("GET", "DELETE")) {
      var theirs = node.management().send(method, "/admin/keys/" + id, null, bearing(shopAdmin));
      var nothing = node.management().send(method, "/admin/keys/" + none, null, bearing(shopAdmin));
      assertThat(theirs.status()).isEqualTo(404);
      assertThat(theirs.text().replace(id, none)).isEqualTo(nothing.text());
    }
    assertThat(node.management().get("/admin/keys/" + id, bearing(admin)).json().has("revokedAt"))
        .isFalse();
    assertThat(
            node.management().get("/admin/keys?limit=500", bearing(shopAdmin)).json().get("items"))
        .allMatch(it -> it.get("tenant").asText().equals("shop"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                          | 422 | /roles",
        "{'roles': []}                               | 422 | /roles",
        "{'roles': 'read'}                           | 422 | /roles",
        "{'roles': ['read', 'king']}                 | 422 | /roles/1",
        "{'roles': [7]}                              | 422 | /roles/0",
        "{'roles': ['read'], 'tenant': 'A'}          | 422 | /tenant",
        "{'roles': ['read'], 'tenant': ''}           | 422 | /tenant",
        "{'roles': ['read'], 'origins': ''}          | 422 | /origins",
        "{'roles': ['read'], 'origins': 'a*b'}       | 422 | /origins",
        "{'roles': ['read'], 'expires': 'tomorrow'}  | 422 | /expires",
        "{'roles': ['read'], 'expires': '2020-01-01'} | 422 | /expires",
        "{'roles': ['read'], 'hash': 'x'}            | 422 | /hash",
        "[]                                          | 422 | ''",
        "{'roles':                                   | 400 | ''",
      })
  void a_wrong_body_is_refused_by_its_field(String body, int status, String pointer) {
    var answer = make(admin, body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.at("/errors/0/pointer")).isEqualTo(pointer);
  }

  @Test
  void there_are_no_more_keys_than_the_setting_says() {
    var ids = new ArrayList<String>();
    Api.Answer answer;
    do {
      answer = make(admin, "{'roles': ['read']}");
      ids.add(answer.at("/id"));
    } while (answer.status() == 201 && ids.size() < 60);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.at("/type")).isEqualTo("/problems/too-many-keys");
    ids.stream().filter(id -> !id.isEmpty()).forEach(id -> revoke(admin, id));
  }

  @Test
  void keys_of_the_file_come_and_go_without_a_restart() throws IOException {
    var before = Files.readString(file);
    var key = newKey("--roles", "read");
    Eventually.becomes(200, () -> node.api().get("/v1/origins/f/fetches", bearing(key)).status());
    Files.writeString(file, before);

    Eventually.becomes(401, () -> node.api().get("/v1/origins/f/fetches", bearing(key)).status());
  }

  @Test
  void a_role_that_the_key_has_not_is_told_and_an_unknown_key_is_not() {
    var noRole = node.management().get("/admin/keys", bearing(caller));
    assertThat(noRole.status()).isEqualTo(403);
    assertThat(noRole.at("/detail")).contains("admin");
  }
}
