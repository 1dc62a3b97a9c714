package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What looks bad, and is not: it is taken, and sent as it stands. */
@ExtendWith(SharedNode.class)
class OddInputTest {
  private static final String ORIGIN = "odd-input";

  private final Api api;
  private final TestTarget target;

  OddInputTest(RunningNode node, TestTarget target) {
    this.api = node.api();
    this.target = target;
  }

  /** The one request that reached the target. */
  private TestTarget.Hit sent(String id, String path, String more) {
    var fetch = json("{'id': '%s', 'request': {'url': '%s'%s}}", id, target.url(path), json(more));

    assertThat(api.settled(ORIGIN, fetch).at("/outcome/status")).isEqualTo("200");
    assertThat(target.hits(id)).hasSize(1);
    return target.hits(id).get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%0d%0aX:y",
        "/..//../etc",
        "/a/./b/../c",
        "/a%2Fb%00?x=%0d%0a&y=+%20",
        "/ok?a=b?c=/..",
        "/ok?signature=%2b%2B%7E"
      })
  void a_path_is_neither_decoded_nor_tidied(String path) {
    var hit = sent("path-" + Integer.toHexString(path.hashCode()), path, "");

    assertThat(hit.uri()).isEqualTo(path);
    assertThat(hit.headers()).doesNotContainKey("X");
  }

  @Test
  void names_of_headers_that_differ_in_case_are_one_header_of_several_values() {
    var hit = sent("cases", "/ok", ", 'headers': {'x-odd': '1', 'X-ODD': '2', 'X-Odd': '3'}");

    assertThat(hit.headers().get("X-odd")).containsExactly("1", "2", "3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE", "OPTIONS"})
  void a_body_is_sent_with_any_method(String method) {
    var more = ", 'method': '" + method + "', 'body': 'odd'";

    assertThat(sent("body-" + method, "/echo", more).text()).isEqualTo("odd");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/json",
        "application/json;charset=utf-8",
        "Application/JSON ; charset=UTF-8",
        "application/vnd.odd.v1+json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; charset=no-such; a=b; c=d",
        "image/svg+xml"
      })
  void a_type_of_content_is_sent_as_it_is_written(String type) {
    var more = ", 'method': 'POST', 'body': 'odd', 'headers': {'Content-Type': '" + type + "'}";

    assertThat(sent("type-" + Integer.toHexString(type.hashCode()), "/ok", more).headers())
        .containsEntry("Content-type", List.of(type));
  }

  @Test
  void ids_that_differ_in_case_are_two() {
    var fetch = "{'id': '%s', 'request': {'url': '%s'}}";

    api.settled(ORIGIN, json(fetch, "Case", target.url("/ok")));
    api.settled(ORIGIN, json(fetch, "case", target.url("/status/204")));

    assertThat(api.get(Api.fetch(ORIGIN, "Case")).at("/outcome/status")).isEqualTo("200");
    assertThat(api.get(Api.fetch(ORIGIN, "case")).at("/outcome/status")).isEqualTo("204");
  }

  @Test
  void characters_that_browsers_leave_in_a_query_are_sent_escaped() {
    assertThat(sent("query", "/ok?{a}=b|c", "").uri()).isEqualTo("/ok?%7Ba%7D=b%7Cc");
  }

  @Test
  void a_host_name_may_have_an_underscore() {
    var url = target.url("/ok").replaceFirst("//[^:]+:", "//under_score.test:");
    var fetch = json("{'id': 'under_score', 'request': {'url': '%s'}}", url);

    assertThat(api.settled(ORIGIN, fetch).at("/outcome/status")).isEqualTo("200");
    assertThat(target.hits("under_score").get(0).headers().get("Host").get(0))
        .startsWith("under_score.test:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json;",
        "application/json; ",
        "application/json ; charset=utf-8;",
        "application/json; charset=UTF-8",
        "APPLICATION/JSON;charset=\"utf-8\"",
        "application/json;;"
      })
  void json_may_be_called_so_in_several_ways(String type) {
    var fetch = json("{'request': {'url': '%s'}}", target.url("/ok"));

    var answer =
        api.send(
            "POST",
            Api.fetches(ORIGIN),
            fetch.getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            type);

    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
  }

  @Test
  void http_1_0_needs_no_host() throws Exception {
    var url = URI.create(api.url());
    try (var socket = new Socket(url.getHost(), url.getPort())) {
      var request = "GET /v1/origins/old/fetches HTTP/1.0\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(answer).contains(" 200 OK\r\n").endsWith("{\"items\":[]}");
    }
  }
}
