package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What has no bytes in UTF-8 is refused, and never sent as a question mark. */
class Utf8Test {
  private static final FetchRequest REQUEST = FetchRequest.post("http://h/");

  static List<String> unpaired() {
    return List.of(
        "a\ud800b",
        "\udc00",
        "a\ud800",
        "\udc00\ud800",
        "\ud83d\ude00\ud83d",
        "\ud800\ud800\udc00");
  }

  static List<Function<String, Object>> ways() {
    return List.of(
        REQUEST::text,
        REQUEST::jsonText,
        text -> REQUEST.json(Map.of("a", text)),
        text -> REQUEST.json(Map.of(text, "a")),
        text -> REQUEST.json(List.of(text)),
        text -> REQUEST.form(Map.of("a", text)),
        text -> REQUEST.form(Map.of(text, "a")),
        text -> REQUEST.header("A", text),
        text -> REQUEST.header(text, "a"),
        text -> REQUEST.secret("A", text, "s"),
        text -> REQUEST.secret("A", "x", text),
        REQUEST::idempotencyKey,
        text -> FetchRequest.get("http://h/" + text),
        text -> FetchRequest.get("http://" + text + "/"),
        text -> FetchRequest.of(text, "http://h/"),
        Body::utf8);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void an_unpaired_surrogate_is_refused_on_every_way_into_a_request(Function<String, Object> way) {
    for (var text : unpaired()) {
      assertThatIllegalArgumentException().isThrownBy(() -> way.apply(text));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ü€", "\ud83d\ude00", "a\ud83d\ude00\ud83d\ude01b"})
  void well_formed_text_is_accepted(String text) {
    assertThat(Utf8.isEncodable(text)).isTrue();
    assertThat(Utf8.checked("it", text)).isSameAs(text);
    assertThat(Utf8.repaired(text)).isSameAs(text);
    assertThat(REQUEST.text(text).body().orElseThrow().text()).isEqualTo(text);
  }

  @Test
  void repaired_text_is_well_formed_and_otherwise_the_same() {
    for (var text : unpaired()) {
      assertThat(Utf8.isEncodable(text)).isFalse();
      assertThat(Utf8.isEncodable(Utf8.repaired(text))).isTrue();
      assertThat(Utf8.repaired(text)).hasSameSizeAs(text);
    }
    assertThat(Utf8.repaired("a\ud800\ud83d\ude00\udc00")).isEqualTo("a\ufffd\ud83d\ude00\ufffd");
  }

  @Test
  void the_message_says_where_and_shows_nothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> REQUEST.text("secret\ud800"))
        .withMessage("the body must be valid Unicode, but has an unpaired surrogate at index 6");
  }
}
