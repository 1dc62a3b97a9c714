package dev.retriever.cluster.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way in which a node can leave its contract is noticed. */
class ExchangeCheckTest {
  private static final String PATH = "/v1/origins/order-17/fetches";
  private static final String FETCH =
      Contract.ofApi().json().at("/components/examples/Pending/value").toString();
  private static final String BODY = "{\"request\": {\"url\": \"https://example.com/\"}}";
  private static final String PROBLEM =
      "{\"type\": \"/problems/url-invalid\", \"title\": \"t\", \"status\": 422, \"detail\": \"d\"}";

  private final ExchangeCheck check = new ExchangeCheck(new OpenApi(Contract.ofApi().json()));

  private static Exchange submitted(int status, Map<String, String> headers, String text) {
    return submitted(BODY, status, headers, text);
  }

  private static Exchange submitted(
      String body, int status, Map<String, String> headers, String text) {
    return exchange("POST", PATH, Map.of(), body, status, headers, text);
  }

  private static Exchange exchange(
      String method,
      String target,
      Map<String, String> sent,
      String body,
      int status,
      Map<String, String> headers,
      String text) {
    return new Exchange(method, target, lists(sent), body, status, lists(headers), text);
  }

  private static Map<String, List<String>> lists(Map<String, String> headers) {
    var lists = new HashMap<String, List<String>>();
    headers.forEach((name, value) -> lists.put(name, List.of(value)));
    return lists;
  }

  private static Map<String, String> accepted(String... more) {
    var headers = new HashMap<>(Map.of("content-type", "application/json", "date", "today"));
    headers.put("Location", PATH + "/charge-1");
    for (var i = 0; i < more.length; i += 2) {
      headers.put(more[i], more[i + 1]);
    }
    return headers;
  }

  private static Map<String, String> problem() {
    return Map.of("Content-Type", "application/problem+json");
  }

  @Test
  void what_is_in_the_contract_passes() {
    assertThat(check.breaches(submitted(202, accepted(), FETCH))).isEmpty();
    assertThat(check.breaches(submitted(422, problem(), PROBLEM))).isEmpty();
  }

  @Test
  void an_undocumented_status_is_noticed() {
    assertThat(check.breaches(submitted(201, accepted(), FETCH))).hasSize(1);
  }

  @Test
  void an_undocumented_header_is_noticed() {
    assertThat(check.breaches(submitted(202, accepted("X-New", "a"), FETCH)))
        .containsExactly("header x-new is not documented");
  }

  @Test
  void a_header_that_is_missing_or_malformed_is_noticed() {
    var without = accepted();
    without.remove("Location");
    assertThat(check.breaches(submitted(202, without, FETCH)))
        .containsExactly("header Location is missing");
    assertThat(check.breaches(submitted(202, accepted("Location", "/v2"), FETCH))).hasSize(1);
  }

  @Test
  void a_member_too_many_or_too_few_is_noticed() {
    var more = FETCH.replaceFirst("\\{", "{\"tenant\": \"acme\", ");
    var fewer = FETCH.replace("\"state\":\"pending\",", "");
    assertThat(check.breaches(submitted(202, accepted(), more))).isNotEmpty();
    assertThat(check.breaches(submitted(202, accepted(), fewer))).isNotEmpty();
  }

  @Test
  void a_member_deep_inside_is_noticed() {
    var deep = FETCH.replace("\"number\":1", "\"number\":1,\"node\":\"a\"");
    assertThat(check.breaches(submitted(202, accepted(), deep))).isNotEmpty();
  }

  @Test
  void a_type_of_problem_that_the_operation_does_not_have_is_noticed() {
    var other = PROBLEM.replace("url-invalid", "conflict");
    assertThat(check.breaches(submitted(422, problem(), other))).hasSize(1);
  }

  @Test
  void a_problem_with_another_status_is_noticed() {
    var other = PROBLEM.replace("422", "423");
    assertThat(check.breaches(submitted(422, problem(), other)))
        .containsExactly("the problem says status 423");
  }

  @Test
  void a_body_of_another_type_is_noticed() {
    var html = Map.of("Content-Type", "text/html", "Location", PATH + "/a");
    assertThat(check.breaches(submitted(202, html, "<p>")))
        .containsExactly("a body of type 'text/html' is not documented");
  }

  @Test
  void a_body_that_is_accepted_against_the_contract_is_noticed() {
    var body = BODY.replaceFirst("\\{", "{\"priority\": 1, ");
    assertThat(check.breaches(submitted(body, 202, accepted(), FETCH))).hasSize(1);
    assertThat(check.breaches(submitted(body, 422, problem(), PROBLEM))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/origins/order-17/fetches?state=running",
    "/v1/origins/order-17/fetches?limit=0",
    "/v1/origins/order-17/fetches?limit=a",
    "/v1/origins/%2e%2e%2fa/fetches",
  })
  void a_parameter_that_is_accepted_against_the_contract_is_noticed(String target) {
    var headers = Map.of("Content-Type", "application/json");
    var list = exchange("GET", target, Map.of(), null, 200, headers, "{\"items\": []}");
    assertThat(check.breaches(list)).hasSize(1);
  }

  @Test
  void a_header_that_is_accepted_against_the_contract_is_noticed() {
    var sent = Map.of("idempotency-key", "a b");
    var submitted = exchange("POST", PATH, sent, BODY, 202, accepted(), FETCH);
    assertThat(check.breaches(submitted)).hasSize(1);
  }

  @Test
  void a_path_that_is_not_there_is_not_found_and_nothing_else() {
    var text = PROBLEM.replace("url-invalid", "not-found").replace("422", "404");
    var target = "/v1/origins/../nothing";
    var found = new ArrayList<String>();
    found.addAll(check.breaches(exchange("GET", target, Map.of(), null, 404, problem(), text)));
    assertThat(found).isEmpty();
    var json = Map.of("Content-Type", "application/json");
    assertThat(check.breaches(exchange("GET", target, Map.of(), null, 200, json, "{}"))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"/a/../b,/b", "/a/%2e%2E/b,/b", "/a/./b,/a/b", "/a/..,/", "/..,/", "/a//b,/a//b"})
  void paths_are_read_as_the_server_reads_them(String path, String normalized) {
    assertThat(ExchangeCheck.normalized(path)).isEqualTo(normalized);
  }

  @Test
  void an_exchange_is_read_off_the_wire() {
    var exchange =
        Exchange.onTheWire(
            "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nX-A: 1\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\n");
    assertThat(exchange.toString()).isEqualTo("GET /a?b=c -> 404");
    assertThat(exchange.text()).isEqualTo("{}");
    assertThat(exchange.headers()).containsEntry("x-a", List.of("1"));
  }
}
