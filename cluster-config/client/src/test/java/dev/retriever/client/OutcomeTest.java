package dev.retriever.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  private static Outcome of(String json) {
    try {
      return Outcome.of(new ObjectMapper().readTree(json.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static String told(Outcome outcome) {
    return outcome.fold(
        answered -> "answered " + answered.response().status(),
        failed -> "failed at " + failed.stage() + ", " + failed.reason(),
        unknown -> "unknown at " + unknown.stage() + ", " + unknown.partial().isPresent(),
        cancelled -> "cancelled, sent: " + cancelled.maybeSent());
  }

  @Test
  void each_type_is_folded_as_itself() {
    assertThat(told(of("{'type':'answered','stage':'complete','status':404}")))
        .isEqualTo("answered 404");
    assertThat(told(of("{'type':'failed','stage':'connecting','reason':'connection-refused'}")))
        .isEqualTo("failed at connecting, connection-refused");
    assertThat(told(of("{'type':'unknown','stage':'body','reason':'timeout','status':200}")))
        .isEqualTo("unknown at Optional[body], true");
    assertThat(told(of("{'type':'unknown','reason':'executor-lost'}")))
        .isEqualTo("unknown at Optional.empty, false");
    assertThat(told(of("{'type':'cancelled','reason':'maybe-sent'}")))
        .isEqualTo("cancelled, sent: true");
  }

  @Test
  void a_type_of_a_newer_node_is_an_error_and_no_guess() {
    assertThatThrownBy(() -> of("{'type':'vanished'}")).hasMessageContaining("use a newer one");
  }

  @Test
  void headers_and_bodies_are_read_in_each_form() {
    var text =
        of("{'type':'answered','status':200,'headers':{'a':'1','b':['2','3']},'body':'ä'}")
            .success()
            .orElseThrow();
    var bytes = of("{'type':'answered','status':200,'bodyBase64':'AAH/'}").success().orElseThrow();
    var omitted =
        of("{'type':'answered','status':200,'bodyOmitted':70000}").success().orElseThrow();

    assertThat(text.text()).isEqualTo("ä");
    assertThat(text.header("B")).contains("2");
    assertThat(bytes.body()).containsExactly(0, 1, 0xff);
    assertThat(omitted.bodyOmitted()).contains(70_000L);
    assertThat(text.toString()).doesNotContain("ä");
  }
}
