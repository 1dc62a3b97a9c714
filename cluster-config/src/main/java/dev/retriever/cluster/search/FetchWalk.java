package dev.retriever.cluster.search;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.search.IndexSql.Key;
import dev.retriever.cluster.search.IndexSql.Place;
import dev.retriever.cluster.security.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * Goes through fetches in the order of their keys, so that nothing is missed which was written
 * before it began. Thread-safe.
 */
public final class FetchWalk {
  private final FetchSearch search;

  public FetchWalk(FetchSearch search) {
    this.search = search;
  }

  /**
   * A fetch, with what tells it from another one under the same id. Component names are an on-disk
   * format.
   */
  public record Item(String persistenceId, String originId, String fetchId, long place) {}

  /**
   * The terms of a filter, completed.
   *
   * @param settled whether it is of fetches that have settled; else the state is pending unless
   *     said
   * @throws Problem.Found if they are no filter of that kind
   */
  public static Map<String, String> checked(Map<String, String> where, boolean settled) {
    var terms = new TreeMap<>(where);
    if (!settled) {
      terms.putIfAbsent("state", FetchFilter.State.PENDING.label());
    }
    if (FilterReader.read(terms).isSettled() != settled) {
      throw FilterReader.malformed(
          settled
              ? "state must be settled, or be left out: the action is for fetches that have settled."
              : "state must be pending or scheduled: the action is for fetches that have not settled.");
    }
    return terms;
  }

  /**
   * The next fetches.
   *
   * @param until no later one
   * @param after the key of the last one before; empty to begin
   * @return fails with {@link Problem.Found}
   */
  public CompletionStage<List<Item>> next(
      Caller caller, Map<String, String> where, Instant until, Optional<Item> after, int limit) {
    var key = after.map(it -> new Key(0, it.persistenceId(), it.place()));
    return search
        .walk(caller, FilterReader.read(where), new Place(until, key), limit)
        .thenApply(found -> found.stream().map(FetchWalk::item).toList());
  }

  /** How many there are, up to a limit. */
  public CompletionStage<Long> count(Caller caller, Map<String, String> where) {
    return search
        .count(caller, FilterReader.read(where), List.of())
        .thenApply(FetchSearch.Count::total);
  }

  private static Item item(FoundFetch found) {
    return new Item(
        found.persistenceId(),
        SearchScope.originId(found.persistenceId()),
        found.fetchId(),
        found.place());
  }
}
