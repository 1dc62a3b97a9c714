package dev.retriever.cluster.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters as callers write them. */
class FilterReaderTest {
  private static Problem problem(Map<String, String> terms) {
    try {
      FilterReader.read(terms);
      throw new AssertionError("accepted: " + terms);
    } catch (Problem.Found e) {
      return e.problem();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "outcom,unknown,There is no filter outcom.",
    "outcome,lost,outcome must be one of",
    "state,done,'state must be one of [settled, pending, scheduled].'",
    "stage,x,stage must be one of",
    "status,99,status must be a whole number",
    "status,2xx,status must be a whole number",
    "method,get,method must be one of",
    "host,'',host must have 1 to 255",
    "settledAfter,yesterday,settledAfter must be a time such as",
    "acceptedAfter,+999999999-01-01T00:00:00Z,acceptedAfter must be a time of the years",
    "settledBefore,-999999999-01-01T00:00:00Z,settledBefore must be a time of the years",
    "settledBefore,9999-12-31T23:59:59-18:00,settledBefore must be a time of the years",
    "origin,a/b,'origin must be an origin''s id'",
    "label.,x,A label must have a key",
    "label.a b,x,A label must have a key",
    "label.a,'',A label must have a value",
  })
  void what_cannot_be_meant_is_refused_by_name(String name, String value, String detail) {
    var problem = problem(Map.of(name, value));

    assertThat(problem.type()).isEqualTo(ProblemType.MALFORMED_REQUEST);
    assertThat(problem.detail()).startsWith(detail).endsWith(".");
  }

  @Test
  void more_than_eight_filters_are_too_broad() {
    var terms = new TreeMap<String, String>();
    for (var n = 1; n <= 50; n++) {
      terms.put("label.k" + n, "v");
    }

    assertThat(problem(terms).type()).isEqualTo(ProblemType.TOO_BROAD);
    assertThat(problem(terms).detail()).contains("at most 8 filters").contains("50");
    assertThat(FilterReader.read(new TreeMap<>(terms.headMap("label.k16"))).labels()).hasSize(7);
  }

  @Test
  void times_that_are_reversed_are_refused() {
    var reversed =
        Map.of("settledAfter", "2030-01-02T00:00:00Z", "settledBefore", "2030-01-01T00:00:00Z");

    assertThat(problem(reversed).detail()).contains("settledAfter must be before settledBefore");
    assertThat(
            FilterReader.read(Map.of("acceptedAfter", "2030-01-01T01:00:00+01:00"))
                .accepted()
                .after())
        .contains(Instant.parse("2030-01-01T00:00:00Z"));
  }

  @Test
  void a_pending_fetch_has_no_outcome_to_look_for() {
    assertThat(problem(Map.of("state", "pending", "outcome", "unknown")).detail())
        .isEqualTo("Only a settled fetch has outcome; leave it out, or leave out state=pending.");
  }

  @Test
  void a_cursor_belongs_to_its_filters() {
    var filter = FilterReader.read(Map.of("host", "a.example"));
    var key = new IndexSql.Key(5, "http|acme/order", 7);
    var cursor = SearchCursor.of(filter, Instant.ofEpochMilli(9), key);

    assertThat(SearchCursor.read(cursor, filter))
        .isEqualTo(new IndexSql.Place(Instant.ofEpochMilli(9), Optional.of(key)));
    var other = FilterReader.read(Map.of("host", "b.example"));
    for (var wrong : List.of("", "x", "%%%", cursor + "A", cursor.substring(2))) {
      assertThatThrownBy(() -> SearchCursor.read(wrong, filter)).isInstanceOf(Problem.Found.class);
    }
    assertThatThrownBy(() -> SearchCursor.read(cursor, other))
        .hasMessageContaining("a search with the same filters");
  }

  @Test
  void fetches_are_counted_by_three_things_at_most() {
    assertThat(CountBy.read(Optional.of("outcome,host")))
        .containsExactly(CountBy.OUTCOME, CountBy.HOST);
    assertThat(CountBy.read(Optional.empty())).isEmpty();
    for (var wrong : List.of("", "hosts", "host,host", "host,", "outcome,host,queue,status")) {
      assertThatThrownBy(() -> CountBy.read(Optional.of(wrong)))
          .hasMessageContaining("by must be 1 to 3 different ones of [outcome, stage");
    }
  }
}
