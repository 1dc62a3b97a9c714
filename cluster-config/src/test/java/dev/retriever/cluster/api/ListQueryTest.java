package dev.retriever.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.http.PageLimit;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListQueryTest {
  private static final Optional<String> NONE = Optional.empty();

  @Test
  void without_parameters_it_is_the_first_page_of_all() {
    assertThat(ListQuery.of(NONE, NONE, NONE))
        .isEqualTo(new ListQuery(Optional.empty(), PageLimit.USUAL, 0));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "500, 500",
    "501, 500",
    "999999999, 500",
    "99999999999, 500",
    "9999999999999999999999, 500"
  })
  void a_limit_is_cut_to_the_largest(String text, int limit) {
    assertThat(ListQuery.of(NONE, Optional.of(text), NONE).limit()).isEqualTo(limit);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "+1", "01", "1.0", "ten", "9x", "\u0661", "1 "})
  void a_text_that_is_no_limit_is_refused(String text) {
    assertRefused(NONE, Optional.of(text), NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "all", "Pending", "settled ", "answered"})
  void a_text_that_is_no_state_is_refused(String text) {
    assertRefused(Optional.of(text), NONE, NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pending", "settled"})
  void a_cursor_continues_the_list_it_comes_from(String state) {
    var first = ListQuery.of(Optional.of(state), NONE, NONE);

    var next = ListQuery.of(Optional.of(state), NONE, Optional.of(first.cursorAfter(42)));

    assertThat(next.after()).isEqualTo(42);
    assertThat(next.settled()).isEqualTo(first.settled());
    assertRefused(NONE, NONE, Optional.of(first.cursorAfter(42)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1:all:",
        "v1:all:-1",
        "v1:all:1.5",
        "v1:all:9999999999999999999",
        "v2:all:1",
        "v1:1",
        "v1:all:1:2",
        "v1:all:1 ",
        "v1:pending:1"
      })
  void a_forged_cursor_is_refused(String text) {
    var cursor = Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));

    assertRefused(NONE, NONE, Optional.of(cursor));
  }

  @ParameterizedTest
  @ValueSource(strings = {"!", "a", "djE6YWxsOjE\n", "\u00e9\u00e9\u00e9\u00e9"})
  void a_cursor_that_is_no_base64_is_refused(String cursor) {
    assertRefused(NONE, NONE, Optional.of(cursor));
  }

  private static void assertRefused(
      Optional<String> state, Optional<String> limit, Optional<String> cursor) {
    assertThatThrownBy(() -> ListQuery.of(state, limit, cursor))
        .isInstanceOfSatisfying(
            Problem.Found.class,
            found -> assertThat(found.problem().type()).isEqualTo(ProblemType.MALFORMED_REQUEST));
  }
}
