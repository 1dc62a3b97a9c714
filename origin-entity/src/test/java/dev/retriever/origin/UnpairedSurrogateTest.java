package dev.retriever.origin;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.context.ContextCodec;
import dev.retriever.origin.context.ContextFault;
import dev.retriever.origin.core.OriginState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text without bytes reaches neither journal nor wire: it would come back as other text. */
class UnpairedSurrogateTest {
  record Named(String name) {}

  record Noted(Map<String, String> notes) {}

  record Listed(List<String> names) {}

  @ParameterizedTest
  @ValueSource(strings = {"a\ud800b", "\udc00", "x\ud83d"})
  void a_context_with_one_is_refused(String text) {
    for (var context :
        List.of(
            new Named(text),
            new Named("y".repeat(3_000) + text),
            new Noted(Map.of("a", text)),
            new Noted(Map.of(text, "a")),
            new Listed(List.of("a", text)))) {
      assertThatThrownBy(() -> ContextCodec.encode(context.getClass(), context))
          .as("%s", context.getClass())
          .isInstanceOf(ContextFault.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\ud800b", "\udc00", "x\ud83d"})
  void an_id_of_a_handler_with_one_is_refused(String id) {
    var next = Next.<Object, Object>nothing("o", Samples.START, OriginState.empty());
    var then = Continuation.of("then").with(NoContext.NONE);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> next.fetch(id, FetchRequest.get("http://h/"), then))
        .withMessageContaining("unpaired surrogate");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> next.alarm(id, Duration.ofSeconds(1), then))
        .withMessageContaining("unpaired surrogate");
  }
}
