package dev.retriever.cluster.search;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What fetches can be counted by. */
enum CountBy {
  OUTCOME("state") {
    @Override
    Optional<String> read(ResultSet row, int column) throws SQLException {
      return FoundFetch.outcome(row.getInt(column));
    }
  },
  STAGE("stage"),
  REASON("reason"),
  STATUS("status"),
  METHOD("method"),
  HOST("host"),
  QUEUE("queue");

  /** Most of them at once. */
  static final int MOST = 3;

  private final String column;

  CountBy(String column) {
    this.column = column;
  }

  String column() {
    return "\"" + column + "\"";
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The value in a group; empty for fetches without one. */
  Optional<String> read(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  /**
   * Reads the names, separated by commas.
   *
   * @throws dev.retriever.cluster.http.Problem.Found if one is unknown, or there are too many
   */
  static List<CountBy> read(Optional<String> text) {
    if (text.filter(String::isEmpty).isPresent()) {
      throw wrong();
    }
    var all =
        text.stream()
            .flatMap(it -> Arrays.stream(it.split(",", -1)))
            .map(
                name ->
                    Arrays.stream(values())
                        .filter(it -> it.label().equals(name))
                        .findFirst()
                        .orElseThrow(CountBy::wrong))
            .toList();
    if (all.size() > MOST || all.stream().distinct().count() < all.size()) {
      throw wrong();
    }
    return all;
  }

  private static dev.retriever.cluster.http.Problem.Found wrong() {
    return FilterReader.malformed(
        "by must be 1 to "
            + MOST
            + " different ones of "
            + Arrays.stream(values()).map(CountBy::label).toList()
            + ", separated by commas, or be left out.");
  }
}
