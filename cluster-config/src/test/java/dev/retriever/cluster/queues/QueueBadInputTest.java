package dev.retriever.cluster.queues;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.Api;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of operators that are wrong. Each error names the field. */
class QueueBadInputTest {
  private static QueueServer server;

  @BeforeAll
  static void start() {
    server = new QueueServer();
  }

  @BeforeEach
  void one_queue() {
    server.queues.views.clear();
    server.queues.operated.clear();
    send("PUT", "/admin/queues/stripe", "{}");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void nothing_has_changed() {
    assertThat(server.queues.views).containsOnlyKeys("stripe");
    assertThat(server.queues.views.get("stripe").version()).isEqualTo(1);
    assertThat(server.queues.operated).isEmpty();
  }

  private static Api.Answer send(String method, String path, String body) {
    var bytes = body == null ? null : json(body).getBytes(StandardCharsets.UTF_8);
    return server
        .management(QueueServer.OPERATOR)
        .send(method, path, bytes, "Content-Type", "application/json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                                   | ``",
        "5                                                    | ``",
        "{'limit': 5}                                         | /limit",
        "{'Concurrency': 5}                                   | /Concurrency",
        "{'concurrency': 0}                                   | /concurrency",
        "{'concurrency': -1}                                  | /concurrency",
        "{'concurrency': 100001}                              | /concurrency",
        "{'concurrency': 1.5}                                 | /concurrency",
        "{'concurrency': 99999999999}                         | /concurrency",
        "{'concurrency': 'none'}                              | /concurrency",
        "{'concurrency': '5'}                                 | /concurrency",
        "{'concurrency': null}                                | /concurrency",
        "{'rate': 5}                                          | /rate",
        "{'rate': {}}                                         | /rate/limit",
        "{'rate': {'limit': 0}}                               | /rate/limit",
        "{'rate': {'limit': -5}}                              | /rate/limit",
        "{'rate': {'limit': 1000000000}}                      | /rate/limit",
        "{'rate': {'limit': 5, 'burst': 0}}                   | /rate/burst",
        "{'rate': {'limit': 5, 'burst': -1}}                  | /rate/burst",
        "{'rate': {'limit': 5, 'burst': 1000001}}             | /rate/burst",
        "{'rate': {'limit': 5, 'per': '0s'}}                  | /rate/per",
        "{'rate': {'limit': 5, 'per': '25h'}}                 | /rate/per",
        "{'rate': {'limit': 5, 'per': 1}}                     | /rate/per",
        "{'rate': {'limit': 5, 'every': '1s'}}                | /rate/every",
        "{'perKey': {'concurrency': 0}}                       | /perKey/concurrency",
        "{'perKey': {'rate': {'limit': 0}}}                   | /perKey/rate/limit",
        "{'perKey': {'waiting': 5}}                           | /perKey/waiting",
        "{'order': 'fifo'}                                    | /order",
        "{'order': 'FAIR'}                                    | /order",
        "{'weights': {'tenants': {'acme': 0}}}                | /weights/tenants/acme",
        "{'weights': {'tenants': {'acme': 0.001}}}            | /weights/tenants/acme",
        "{'weights': {'tenants': {'acme': 101}}}              | /weights/tenants/acme",
        "{'weights': {'tenants': {'acme': 1e9}}}              | /weights/tenants/acme",
        "{'weights': {'tenants': {'acme': 1e999999999}}}      | /weights/tenants/acme",
        "{'weights': {'tenants': {'acme': '1'}}}              | /weights/tenants/acme",
        "{'weights': {'hosts': {}}}                           | /weights/hosts",
        "{'waiting': {'max': 0}}                              | /waiting/max",
        "{'waiting': {'maxPerKey': 10000001}}                 | /waiting/maxPerKey",
        "{'retryAfter': {'scope': 'all'}}                     | /retryAfter/scope",
        "{'retryAfter': {'max': '25h'}}                       | /retryAfter/max",
        "{'breaker': true}                                    | /breaker",
        "{'breaker': {'ratio': 0}}                            | /breaker/ratio",
        "{'breaker': {'ratio': 1.5}}                          | /breaker/ratio",
        "{'breaker': {'ratio': 0.0001}}                       | /breaker/ratio",
        "{'breaker': {'least': 0}}                            | /breaker/least",
        "{'breaker': {'window': '0s'}}                        | /breaker/window",
        "{'breaker': {'openMin': '2m', 'openMax': '1m'}}      | /breaker/openMax",
        "{'breaker': {'counts': ['503']}}                     | /breaker/counts/0",
        "{'breaker': {'counts': 'failed'}}                    | /breaker/counts",
        "{'lost': 'keep'}                                     | /lost",
      })
  void settings_out_of_range_name_the_field(String body, String pointer) {
    for (var path : new String[] {"/admin/queues/other", "/admin/queues/host:*"}) {
      var answer = send("PUT", path, body);
      assertThat(answer.status()).as(answer.text()).isEqualTo(422);
      assertThat(answer.at("/type")).isEqualTo("/problems/validation-failed");
      assertThat(answer.at("/errors/0/pointer")).as(answer.text()).isEqualTo(pointer);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "5                            | ``",
        "{'limit': 5}                 | /limit",
        "{'concurrency': 0}           | /concurrency",
        "{'rate': {'burst': 5}}       | /rate/limit",
        "{'perKey': 5}                | /perKey",
        "{'breaker': {'ratio': 2}}    | /breaker/ratio",
      })
  void patches_that_make_settings_wrong_name_the_field(String body, String pointer) {
    var answer = send("PATCH", "/admin/queues/stripe", body);

    assertThat(answer.status()).as(answer.text()).isEqualTo(422);
    assertThat(answer.at("/errors/0/pointer")).isEqualTo(pointer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pause    | {}                                                      | /reason",
        "pause    | {'reason': ' '}                                         | /reason",
        "pause    | {'reason': 5}                                           | /reason",
        "pause    | {'reason': 'a', 'for': '5m'}                            | /for",
        "pause    | {'reason': 'a', 'until': '2026-01-15T09:59:59Z'}        | /until",
        "pause    | {'reason': 'a', 'until': '2026-01-15T10:00:00Z'}        | /until",
        "pause    | {'reason': 'a', 'until': '2028-01-15T10:00:00Z'}        | /until",
        "pause    | {'reason': 'a', 'until': '+999999999-12-31T23:59:59Z'}  | /until",
        "pause    | {'reason': 'a', 'until': 'tomorrow'}                    | /until",
        "pause    | {'reason': 'a', 'until': '2026-01-16'}                  | /until",
        "pause    | {'reason': 'a', 'until': 1768471200}                    | /until",
        "resume   | {'reason': 'a'}                                         | /reason",
        "drain    | []                                                      | ``",
        "hold     | {'reason': 'a'}                                         | /until",
        "hold     | {'until': '2026-01-16T00:00:00Z'}                       | /reason",
        "hold     | {'until': '2025-12-31T00:00:00Z', 'reason': 'a'}        | /until",
        "release  | {'key': 'a'}                                            | /key",
        "purge    | {'before': '2026-01-15T10:00:01Z'}                      | /before",
        "purge    | {'before': 'now'}                                       | /before",
        "purge    | {'key': ''}                                             | /key",
        "purge    | {'all': true}                                           | /all",
        "breaker  | {}                                                      | /mode",
        "breaker  | {'mode': 'closed'}                                      | /mode",
        "slots/1/release | {'force': true}                                  | /force",
      })
  void operations_that_are_wrong_name_the_field(String operation, String body, String pointer) {
    var answer = send("POST", "/admin/queues/stripe/" + operation, body);

    assertThat(answer.status()).as(answer.text()).isEqualTo(422);
    assertThat(answer.at("/errors/0/pointer")).as(answer.text()).isEqualTo(pointer);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,    /admin/queues/a%2Fb,                     400",
    "GET,    /admin/queues/a%2Fb,                     400",
    "PUT,    /admin/queues/a/b,                       404",
    "PUT,    /admin/queues/%20,                       400",
    "PUT,    /admin/queues/..%2Fstripe,               400",
    "PUT,    /admin/queues/a%00b,                     400",
    "PUT,    /admin/queues/%C3%A9,                    400",
    "PUT,    /admin/queues/host:*:*,                  400",
    "PUT,    /admin/queues/host:**,                   400",
    "PUT,    /admin/queues/host:,                     400",
    "PUT,    /admin/queues/tenant:*,                  400",
    "PUT,    /admin/queues/*,                         400",
    "POST,   /admin/queues/none/resume,               404",
    "POST,   /admin/queues/stripe/stop,               404",
    "POST,   /admin/queues/a%2Fb/resume,              400",
    "POST,   /admin/queues/stripe/slots/0/release,    400",
    "POST,   /admin/queues/stripe/slots/-1/release,   400",
    "POST,   /admin/queues/stripe/slots/1.5/release,  400",
    "POST,   /admin/queues/stripe/slots/a/release,    400",
    "POST,   /admin/queues/stripe/slots/9999999/release, 400",
    "POST,   /admin/queues/stripe,                    405",
    "DELETE, /admin/queues/none,                      404",
    "GET,    /admin/queues/none/events,               404",
    "GET,    /admin/queues?limit=0,                   400",
    "GET,    /admin/queues?limit=x,                   400",
    "GET,    /admin/queues?cursor=,                   400",
    "GET,    /admin/queues/stripe/keys?limit=-1,      400",
    "GET,    /admin/queues/stripe/waiting?cursor=,    400",
    "GET,    /admin/queues/stripe/keys?cursor=y,      400",
  })
  void bad_paths_and_queries_are_refused(String method, String path, int status) {
    var body = method.equals("PUT") ? "{}" : null;

    assertThat(send(method, path, body).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "PUT   | ``             | application/json   | 400",
        "PUT   | {'a'           | application/json   | 400",
        "PUT   | {'a':1,'a':2}  | application/json   | 400",
        "PUT   | {}             | text/plain         | 415",
        "PUT   | {}             | application/merge-patch+json | 415",
        "PATCH | {}             | application/json-patch+json  | 415",
        "PATCH | ``             | application/merge-patch+json | 400",
      })
  void bodies_that_are_no_json_are_refused(String method, String body, String type, int status) {
    var answer =
        server
            .management(QueueServer.OPERATOR)
            .send(
                method,
                "/admin/queues/stripe",
                json(body).getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                type);

    assertThat(answer.status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/queues/a%2Fb, 400",
    "/v1/queues/none,  404",
    "/v1/queues/,      404",
  })
  void callers_are_told_of_queues_that_there_are(String path, int status) {
    assertThat(server.api(QueueServer.READER).get(path).status()).isEqualTo(status);
  }
}
