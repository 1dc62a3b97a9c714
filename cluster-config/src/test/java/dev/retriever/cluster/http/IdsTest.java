package dev.retriever.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"a", "7", "order-17", "A.b_c~d:e@f-g", "0197f0c2-1b2c-7d3e-8f4a-5b6c7d8e9f0a"})
  void letters_digits_and_a_few_signs_make_an_id(String text) {
    assertThat(Ids.isId(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", ".", "..", "-a", "_a", "a b", "a/b", "a\\b", "a|b", "a%2fb", "a\n", "\na", "a\0",
        "a\u00e9", "a;b", "a?b", "a#b", "a,b", "a\"b", "a'b", "a*b", "\ud800"
      })
  void anything_else_does_not(String text) {
    assertThat(Ids.isId(text)).isFalse();
  }

  @Test
  void an_id_has_at_most_128_characters() {
    assertThat(Ids.isId("a".repeat(128))).isTrue();
    assertThat(Ids.isId("a".repeat(129))).isFalse();
  }

  @Test
  void fresh_ids_differ_and_sort_by_the_time_they_were_made() {
    var ids = Stream.generate(Ids::fresh).limit(1000).toList();

    assertThat(new HashSet<>(ids)).hasSameSizeAs(ids);
    assertThat(ids).isSorted().allMatch(Ids::isId);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a-1", "\"a-1\"", " \"a-1\" "})
  void a_key_may_be_quoted_or_bare(String value) {
    assertThat(Ids.fromHeaders(List.of(value))).contains("a-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"", "\"\"", "\"a", "a\"", "\"a\", \"b\"", "\"a\";p=1", "'a'"})
  void a_key_that_is_no_id_is_a_problem(String value) {
    assertThatThrownBy(() -> Ids.fromHeaders(List.of(value)))
        .isInstanceOfSatisfying(
            Problem.Found.class,
            found ->
                assertThat(found.problem().type())
                    .isEqualTo(ProblemType.IDEMPOTENCY_KEY_MALFORMED));
  }

  @Test
  void one_key_is_enough() {
    assertThat(Ids.fromHeaders(List.of())).isEmpty();
    assertThatThrownBy(() -> Ids.fromHeaders(List.of("a", "a"))).isInstanceOf(Problem.Found.class);
  }
}
