package dev.retriever.loadtest.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.load.Submission;
import java.net.URI;
import org.junit.jupiter.api.Test;

class FetchViewTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode json(String text) throws JsonProcessingException {
    return JSON.readTree(text.replace('\'', '"'));
  }

  @Test
  void a_pending_fetch_has_no_outcome() throws Exception {
    var view =
        FetchAnswer.parse(
            json(
                "{'originId':'o','id':'f','state':'pending','acceptedAt':'2026-01-01T00:00:00Z',"
                    + "'attempts':[{'number':1,'executor':'e','startedAt':'2026-01-01T00:00:00Z'}]}"));

    assertThat(view.settled()).isFalse();
    assertThat(view.attempts()).extracting(FetchAnswer.Attempt::number).containsExactly(1);
  }

  @Test
  void a_settled_fetch_tells_its_outcome() throws Exception {
    var view =
        FetchAnswer.parse(
            json(
                "{'originId':'o','id':'f','state':'settled','settledAt':'t','attempts':[],"
                    + "'acceptedAt':'2026-01-01T00:00:00Z',"
                    + "'outcome':{'type':'answered','stage':'complete','status':404}}"));

    assertThat(view.outcome().orElseThrow().type()).isEqualTo("answered");
    assertThat(view.outcome().orElseThrow().status()).contains(404);
    assertThat(view.outcome().orElseThrow().reason()).isEmpty();
  }

  @Test
  void json_that_is_no_fetch_is_refused_with_its_text() throws Exception {
    var noState = json("{'originId':'o','id':'f'}");
    var noOutcome = json("{'originId':'o','id':'f','state':'settled','settledAt':'t'}");
    var otherState = json("{'originId':'o','id':'f','state':'lost'}");

    assertThatThrownBy(() -> FetchAnswer.parse(noState)).hasMessageContaining("\"state\"");
    assertThatThrownBy(() -> FetchAnswer.parse(noOutcome)).hasMessageContaining("\"type\"");
    assertThatThrownBy(() -> FetchAnswer.parse(otherState)).hasMessageContaining("lost");
  }

  @Test
  void a_submission_names_what_it_asks() throws Exception {
    var spec =
        Submission.post(URI.create("http://127.0.0.1:1/echo"), "pay")
            .keyed("k")
            .timeout("2s")
            .maxAttempts(3);

    assertThat(JSON.readTree(spec.json("f")))
        .isEqualTo(
            json(
                "{'id':'f','request':{'method':'POST','url':'http://127.0.0.1:1/echo','body':'pay',"
                    + "'idempotencyKey':'k'},'timeout':'2s','within':'30s','grace':'2s',"
                    + "'retry':{'maxAttempts':3,'minBackoff':'200ms','maxBackoff':'1s'}}"));
    assertThat(spec.repeatable()).isTrue();
    assertThat(Submission.post(spec.url(), "pay").repeatable()).isFalse();
  }
}
