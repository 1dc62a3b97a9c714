package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request as it is put together step by step. */
class FetchRequestStepsTest {
  private static final String URL = "http://h/";

  enum Color {
    RED,
    GREEN
  }

  record Charge(String orderId, BigDecimal amount, Optional<String> note, Instant at) {}

  private static FetchRequest post() {
    return FetchRequest.post(URL);
  }

  private static String body(FetchRequest request) {
    return new String(request.body().orElseThrow().bytes(), StandardCharsets.UTF_8);
  }

  private static String json(Object value) {
    return body(post().json(value));
  }

  private static List<String> contentTypes(FetchRequest request) {
    return request.headers().stream()
        .filter(header -> header.named("content-type"))
        .map(Header::value)
        .toList();
  }

  @Test
  void there_is_a_beginning_for_each_method() {
    assertThat(
            List.of(
                FetchRequest.get(URL),
                FetchRequest.head(URL),
                FetchRequest.post(URL),
                FetchRequest.put(URL),
                FetchRequest.patch(URL),
                FetchRequest.delete(URL),
                FetchRequest.options(URL)))
        .extracting(FetchRequest::method)
        .containsExactlyInAnyOrderElementsOf(FetchRequest.METHODS);
    assertThat(FetchRequest.of("PUT", URL))
        .isEqualTo(new FetchRequest("PUT", URL, List.of(), Optional.empty(), Optional.empty()))
        .isEqualTo(FetchRequest.put(URL));
    assertThatThrownBy(() -> FetchRequest.of("put", URL)).isInstanceOf(InvalidRequest.class);
  }

  @Test
  void each_step_keeps_what_the_ones_before_it_gave() {
    var request =
        FetchRequest.put(URL)
            .header("Accept", "a")
            .idempotencyKey("key")
            .text("héllo")
            .header("accept", "b");

    assertThat(request)
        .isEqualTo(
            new FetchRequest(
                "PUT",
                URL,
                List.of(
                    new Header("Accept", "a"),
                    new Header("Content-Type", "text/plain; charset=utf-8"),
                    new Header("accept", "b")),
                Optional.of(Body.utf8("héllo")),
                Optional.of("key")));
  }

  @Test
  void a_step_changes_nothing_but_what_it_gives() {
    var before = post();

    before.header("A", "b").text("text").idempotencyKey("key");

    assertThat(before).isEqualTo(post());
  }

  @Test
  void each_step_is_held_to_the_rules_of_a_request() {
    assertThatThrownBy(() -> post().header("Host", "other")).isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> post().idempotencyKey("")).isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> post().idempotencyKey("k").header("Idempotency-Key", "k"))
        .isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> post().bytes(new byte[0], "a\r\nb"))
        .isInstanceOf(InvalidRequest.class);
  }

  @Test
  void each_kind_of_body_says_what_it_is() {
    var bytes = new byte[] {0, -1};

    assertThat(contentTypes(post().bytes(bytes, "image/png"))).containsExactly("image/png");
    assertThat(post().bytes(bytes, "image/png").body()).contains(new Body(bytes));
    assertThat(contentTypes(post().text("x"))).containsExactly("text/plain; charset=utf-8");
    assertThat(contentTypes(post().jsonText("{}"))).containsExactly("application/json");
    assertThat(contentTypes(post().json(1))).containsExactly("application/json");
    assertThat(contentTypes(post().form(Map.of())))
        .containsExactly("application/x-www-form-urlencoded");
  }

  @Test
  void there_is_never_more_than_one_content_type() {
    var xml = post().header("content-TYPE", "text/xml");

    assertThat(contentTypes(xml.json(1))).containsExactly("application/json");
    assertThat(contentTypes(post().json(1).text("x"))).containsExactly("text/plain; charset=utf-8");
    assertThat(contentTypes(post().json(1).header("content-type", "application/problem+json")))
        .containsExactly("application/problem+json");
    assertThat(contentTypes(xml.body(Body.utf8("<a/>")))).containsExactly("text/xml");
    assertThat(contentTypes(post().body(Body.EMPTY))).isEmpty();
  }

  @Test
  void json_that_is_written_already_is_sent_as_it_stands() {
    assertThat(body(post().jsonText("{ \"a\" : \"é\" }"))).isEqualTo("{ \"a\" : \"é\" }");
  }

  @Test
  void a_record_is_written_in_the_order_of_its_components_with_times_as_text() {
    var at = Instant.parse("2026-01-02T03:04:05.678Z");

    assertThat(json(new Charge("o-1", new BigDecimal("9.90"), Optional.of("n"), at)))
        .isEqualTo(
            "{\"orderId\":\"o-1\",\"amount\":9.90,\"note\":\"n\",\"at\":\"2026-01-02T03:04:05.678Z\"}");
    assertThat(json(new Charge("o-1", BigDecimal.ONE, Optional.empty(), at)))
        .contains("\"note\":null");
    assertThat(json(List.of(LocalDate.of(2026, 1, 2), Duration.ofSeconds(90))))
        .isEqualTo("[\"2026-01-02\",\"PT1M30S\"]");
  }

  /** A bean's properties come in no order that lasts, unless they are sorted. */
  @SuppressWarnings("unused") // by reflection
  static final class Bean {
    public int getZebra() {
      return 1;
    }

    public int getApple() {
      return 2;
    }

    public int getMango() {
      return 3;
    }
  }

  @SuppressWarnings("unused") // by reflection
  record Derived(int b, int a) {
    public int getZ() {
      return 3;
    }

    public int getY() {
      return 4;
    }
  }

  @Test
  void collections_without_an_order_are_sorted() {
    assertThat(json(new Bean())).isEqualTo("{\"apple\":2,\"mango\":3,\"zebra\":1}");
    assertThat(json(new Derived(1, 2))).isEqualTo("{\"b\":1,\"a\":2,\"y\":4,\"z\":3}");
    assertThat(json(Map.of("b", 1, "c", 2, "a", Map.of(2, "y", 1, "x"))))
        .isEqualTo("{\"a\":{\"1\":\"x\",\"2\":\"y\"},\"b\":1,\"c\":2}");
    assertThat(json(Set.of("d", "b", "a", "c"))).isEqualTo("[\"a\",\"b\",\"c\",\"d\"]");
    assertThat(json(new HashSet<>(List.of(Color.RED, Color.GREEN))))
        .isEqualTo("[\"GREEN\",\"RED\"]");
    assertThat(json(Set.of(new Derived(2, 0), new Derived(1, 0))))
        .isEqualTo("[{\"b\":1,\"a\":0,\"y\":4,\"z\":3},{\"b\":2,\"a\":0,\"y\":4,\"z\":3}]");
  }

  record Holder(Set<Color> colors, Set<String> words, Map<String, Set<Integer>> numbers) {}

  @Test
  void sets_and_maps_inside_of_others_are_sorted_too() {
    var holder = new Holder(Set.of(Color.RED, Color.GREEN), Set.of("b", "a"), Map.of());

    assertThat(json(holder))
        .isEqualTo("{\"colors\":[\"GREEN\",\"RED\"],\"words\":[\"a\",\"b\"],\"numbers\":{}}");
    assertThat(json(new Holder(Set.of(), Set.of(), Map.of("b", Set.of(), "a", Set.of(2, 1)))))
        .contains("{\"a\":[1,2],\"b\":[]}");
  }

  @Test
  void collections_with_an_order_keep_it() {
    assertThat(json(List.of(2, 1))).isEqualTo("[2,1]");
    assertThat(json(new LinkedHashSet<>(List.of("b", "a")))).isEqualTo("[\"b\",\"a\"]");
    assertThat(json(EnumSet.allOf(Color.class))).isEqualTo("[\"RED\",\"GREEN\"]");
  }

  @SuppressWarnings("unused") // by reflection
  static final class Fails {
    public String getSecret() {
      throw new IllegalStateException("s3cr3t");
    }
  }

  @Test
  void an_unwritable_value_is_refused_by_its_type_name_and_without_its_content() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> post().json(new Fails()))
        .withMessageContaining(Fails.class.getTypeName())
        .withMessageContaining("IllegalStateException")
        .withNoCause()
        .satisfies(e -> assertThat(e).hasMessageNotContaining("s3cr3t"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> post().json(Map.of("s3cr3t", new Object())))
        .withMessageContaining("java.lang.Object")
        .withNoCause()
        .satisfies(e -> assertThat(e).hasMessageNotContaining("s3cr3t"));
    assertThatIllegalArgumentException().isThrownBy(() -> post().json(null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "*-._09AZ"})
  void plain_text_stands_as_it_is_in_a_form(String text) {
    assertThat(body(post().form(Map.of("k", text)))).isEqualTo("k=" + text);
  }

  @Test
  void a_form_is_encoded_as_a_browser_does() {
    assertThat(body(post().form(Map.of("a b&=", "1+1=2 é~\n"))))
        .isEqualTo("a+b%26%3D=1%2B1%3D2+%C3%A9%7E%0A");
    assertThat(body(post().form(Map.of()))).isEmpty();
  }

  @Test
  void a_form_keeps_the_order_of_a_map_that_has_one() {
    var fields = new LinkedHashMap<String, String>();
    fields.put("b", "1");
    fields.put("a", "2");
    var backwards = new TreeMap<String, String>(Collections.reverseOrder());
    backwards.putAll(fields);

    assertThat(body(post().form(fields))).isEqualTo("b=1&a=2");
    assertThat(body(post().form(backwards))).isEqualTo("b=1&a=2");
    assertThat(body(post().form(Map.copyOf(fields)))).isEqualTo("a=2&b=1");
    assertThat(body(post().form(new HashMap<>(fields)))).isEqualTo("a=2&b=1");
  }

  @Test
  void a_body_may_be_as_long_as_the_bound_and_no_longer() {
    var post = FetchRequest.post(URL);
    var longest = new byte[FetchRequest.MAX_BODY];

    assertThat(post.bytes(longest, "application/octet-stream").body().orElseThrow().size())
        .isEqualTo(longest.length);
    assertThatThrownBy(() -> post.body(new Body(new byte[longest.length + 1])))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("67108864 bytes");
  }
}
