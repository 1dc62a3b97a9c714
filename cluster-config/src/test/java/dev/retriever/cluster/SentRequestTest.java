package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.callbacks.CallbackKeys;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a settled fetch sent is shown, without what may be a credential. */
class SentRequestTest {
  private static RunningNode node;
  private static TestTarget target;

  @BeforeAll
  static void start(@TempDir Path directory) {
    target = new TestTarget();
    node =
        RunningNode.start(
            directory, RunningNode.MAY_CALL_LOOPBACK, CallbackKeys.settings(directory));
  }

  @AfterAll
  static void stop() {
    node.close();
    target.close();
  }

  private static Api.Answer submitted(String id, String request) {
    var body = "{'id':'%s','request':{%s},'labels':{'customer':'42'}}";
    var settled = node.api().settled("sent", json(body, id, request.replace('\'', '"')));
    assertThat(settled.at("/state")).as(settled.text()).isEqualTo("settled");
    return node.api().get(fetch("sent", id) + "/request");
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
    node.api()
        .submit("sent", json("{'id':'open','request':{'url':'%s'}}", target.url("/held/open")));
    submitted("gone", "'url':'" + target.url("/ok") + "'");
    node.api().delete(fetch("sent", "gone") + "/bodies");

    assertThat(node.api().get(fetch("sent", "open") + "/request").at("/type"))
        .isEqualTo("/problems/fetch-not-settled");
    assertThat(node.api().get(fetch("sent", "gone") + "/request").at("/type"))
        .isEqualTo("/problems/erased");
    assertThat(node.api().get(fetch("sent", "none") + "/request").at("/type"))
        .isEqualTo("/problems/not-found");
    target.release("open");
  }
}
