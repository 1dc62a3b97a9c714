package dev.retriever.cluster.storage.facts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.storage.facts.DatabaseFacts.Connections;
import dev.retriever.cluster.storage.facts.DatabaseFacts.Place;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseFindingsTest {
  private static final Map<String, String> SOUND =
      Map.of(
          "fsync", "on",
          "full_page_writes", "on",
          "synchronous_commit", "on",
          "autovacuum", "on",
          "default_transaction_isolation", "read committed");

  private static DatabaseFacts postgres(Map<String, String> settings, long most, long used) {
    return new DatabaseFacts(
        "PostgreSQL",
        "16.4",
        Place.SERVER,
        Duration.ofMillis(1),
        Duration.ZERO,
        settings,
        Optional.of(new Connections(most, used)));
  }

  private static DatabaseFacts h2(Place place, Map<String, String> settings) {
    return new DatabaseFacts(
        "H2", "2", place, Duration.ZERO, Duration.ZERO, settings, Optional.empty());
  }

  private static DatabaseFacts with(String setting, String value) {
    var settings = new HashMap<>(SOUND);
    settings.put(setting, value);
    return postgres(settings, 97, 20);
  }

  private static List<String> judged(DatabaseFacts facts) {
    return DatabaseFindings.of(facts, 28).stream()
        .map(it -> (it.isSevere() ? "severe " : "notice ") + it.text())
        .toList();
  }

  @Test
  void a_sound_database_has_no_findings() {
    assertThat(judged(postgres(SOUND, 97, 20))).isEmpty();
    assertThat(judged(with("synchronous_commit", "remote_apply"))).isEmpty();
    assertThat(judged(h2(Place.EMBEDDED, Map.of("WRITE_DELAY", "0")))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "fsync,off,severe fsync is off",
    "full_page_writes,off,severe full_page_writes is off",
    "synchronous_commit,off,severe synchronous_commit is off",
    "autovacuum,off,notice autovacuum is off",
    "default_transaction_isolation,serializable,notice Transactions are serializable"
  })
  void each_dangerous_setting_is_told_with_what_to_do(
      String setting, String value, String beginning) {
    var facts = with(setting, value);

    assertThat(judged(facts)).singleElement().asString().startsWith(beginning);
    assertThat(DatabaseFindings.of(facts, 28).get(0).nextStep()).contains(setting);
  }

  @Test
  void fewer_connections_than_the_nodes_may_open_are_told() {
    assertThat(judged(postgres(SOUND, 28, 20))).isEmpty();
    assertThat(judged(postgres(SOUND, 27, 20)))
        .containsExactly("severe The nodes open up to 28 connections, and the database allows 27.");
    assertThat(judged(postgres(SOUND, 97, 97)))
        .containsExactly("severe All 97 connections of the database are taken.");
  }

  @ParameterizedTest
  @CsvSource({"2001,", "-2001,", "2002,notice", "-2002,notice", "30000,notice", "-30001,severe"})
  void a_clock_may_differ_a_little_and_by_what_the_answer_took(long millis, String level) {
    var facts =
        new DatabaseFacts(
            "PostgreSQL",
            "16.4",
            Place.SERVER,
            Duration.ofMillis(1),
            Duration.ofMillis(millis),
            SOUND,
            Optional.empty());

    var found = judged(facts);
    if (level == null) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found).singleElement().asString().startsWith(level).contains("clock");
    }
  }

  @Test
  void the_worst_comes_first() {
    var settings = new HashMap<>(SOUND);
    settings.put("autovacuum", "off");
    settings.put("fsync", "off");

    assertThat(judged(postgres(settings, 97, 20)))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("severe fsync"),
            second -> assertThat(second).startsWith("notice autovacuum"));
  }

  @Test
  void an_embedded_database_that_writes_later_and_one_in_memory_are_severe() {
    assertThat(judged(h2(Place.EMBEDDED, Map.of("WRITE_DELAY", "500"))))
        .singleElement()
        .asString()
        .startsWith("severe WRITE_DELAY is 500 ms");
    assertThat(judged(h2(Place.MEMORY, Map.of())))
        .singleElement()
        .asString()
        .startsWith("severe The database is in memory");
  }
}
