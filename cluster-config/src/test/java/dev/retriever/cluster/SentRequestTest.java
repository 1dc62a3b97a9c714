package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.callbacks.CallbackKeys;
import dev.retriever.cluster.security.Role;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a settled fetch sent is shown, without what may be a credential. */
class SentRequestTest {
  private static final TestCallers CALLERS = new TestCallers();
  private static final String OPERATOR = CALLERS.key("default");
  private static final String READER =
      CALLERS.key("default", Set.of(Role.READ, Role.SUBMIT, Role.CANCEL), "*");

  private static RunningNode node;
  private static TestTarget target;

  @BeforeAll
  static void start(@TempDir Path directory) {
    target = new TestTarget();
    node =
        RunningNode.start(
            directory,
            RunningNode.MAY_CALL_LOOPBACK,
            CallbackKeys.settings(directory),
            CALLERS.settings());
  }

  @AfterAll
  static void stop() {
    node.close();
    target.close();
  }

  private static Api operator() {
    return node.api().as(OPERATOR);
  }

  private static Api.Answer submitted(String id, String request) {
    var body = "{'id':'%s','request':{%s},'labels':{'customer':'42'}}";
    var settled = operator().settled("sent", json(body, id, request.replace('\'', '"')));
    assertThat(settled.at("/state")).as(settled.text()).isEqualTo("settled");
    return operator().get(fetch("sent", id) + "/request");
  }

  @Test
  void method_url_body_and_labels_are_shown() {
    var url = target.url("/ok?a=1");
    var sent =
        submitted("all", "'method':'POST','url':'" + url + "','body':'x','idempotencyKey':'k-1'");

    assertThat(sent.status()).isEqualTo(200);
    assertThat(sent.at("/method")).isEqualTo("POST");
    assertThat(sent.at("/url")).isEqualTo(url);
    assertThat(sent.at("/body")).isEqualTo("x");
    assertThat(sent.at("/idempotencyKey")).isEqualTo("k-1");
    assertThat(sent.at("/labels/customer")).isEqualTo("42");
  }

  @Test
  void queries_and_bodies_are_for_operators() {
    var url = target.url("/ok");
    submitted("signed", "'method':'POST','url':'" + url + "?sig=canary','body':'canary'");
    submitted("plain", "'url':'" + url + "'");
    var shown = node.api().as(READER).get(fetch("sent", "signed") + "/request");
    var plain = node.api().as(READER).get(fetch("sent", "plain") + "/request");

    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.text()).doesNotContain("canary").doesNotContain("?");
    assertThat(shown.at("/url")).isEqualTo(url);
    assertThat(shown.at("/queryOmitted")).isEqualTo("true");
    assertThat(shown.at("/bodyOmitted")).isEqualTo("6");
    assertThat(plain.json().has("queryOmitted")).isFalse();
    assertThat(plain.json().has("bodyOmitted")).isFalse();
  }

  @Test
  void values_that_may_be_credentials_are_not_shown() {
    var headers =
        "'headers':{'Authorization':'Bearer canary-1','X-Api-Key':['canary-2'],'Cookie':'canary-3',"
            + "'X-Made-Up':'canary-4','Accept':'text/plain',"
            + "'X-Secret':{'secret':'cb-1','prefix':'canary-5 '}}";
    var sent = submitted("hidden", "'url':'" + target.url("/ok") + "'," + headers);

    assertThat(sent.text()).doesNotContain("canary").doesNotContain("whsec");
    assertThat(sent.text()).contains("{\"name\":\"Accept\",\"value\":\"text/plain\"}");
    assertThat(sent.text()).contains("{\"name\":\"X-Secret\",\"secret\":\"cb-1\"}");
    assertThat(sent.text()).contains("Authorization", "X-Api-Key", "Cookie", "X-Made-Up");
  }

  @Test
  void of_a_large_body_only_the_size_is_shown() {
    var sent =
        submitted(
            "large",
            "'method':'PUT','url':'" + target.url("/ok") + "','body':'" + "x".repeat(16_385) + "'");

    assertThat(sent.at("/bodyOmitted")).isEqualTo("16385");
    assertThat(sent.text()).doesNotContain("xxx");
  }

  @Test
  void one_that_has_not_settled_or_is_erased_or_is_none_is_refused() {
    operator()
        .submit("sent", json("{'id':'open','request':{'url':'%s'}}", target.url("/held/open")));
    submitted("gone", "'url':'" + target.url("/ok") + "'");
    operator().delete(fetch("sent", "gone") + "/bodies");

    assertThat(operator().get(fetch("sent", "open") + "/request").at("/type"))
        .isEqualTo("/problems/fetch-not-settled");
    assertThat(operator().get(fetch("sent", "gone") + "/request").at("/type"))
        .isEqualTo("/problems/erased");
    assertThat(operator().get(fetch("sent", "none") + "/request").at("/type"))
        .isEqualTo("/problems/not-found");
    target.release("open");
  }
}
