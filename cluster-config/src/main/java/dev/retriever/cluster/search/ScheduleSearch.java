package dev.retriever.cluster.search;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.storage.IndexReads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Lists schedules of all origins of a caller. Thread-safe. */
public final class ScheduleSearch {
  private final SearchReads reads;

  public ScheduleSearch(IndexReads reads) {
    this.reads = new SearchReads(reads, "by origin, such as origin=order-*.");
  }

  /**
   * A page.
   *
   * @param isLast whether no other page follows
   */
  record Page(List<FoundSchedule> items, boolean isLast) {
    ObjectNode json(ScheduleQuery query) {
      var json = JsonNodeFactory.instance.objectNode();
      var array = json.putArray("items");
      items.forEach(it -> array.add(it.json()));
      if (!isLast) {
        json.put("nextCursor", ScheduleCursor.of(query, items.get(items.size() - 1).key()));
      }
      return json;
    }
  }

  /** One more than asked for is read, so that the last page is known to be the last. */
  CompletionStage<Page> page(
      Caller caller, ScheduleQuery query, Optional<ScheduleQuery.Key> from, int limit) {
    var scope = SearchScope.of(caller, query.origin(), Optional.empty());
    return reads.read(
        connection -> {
          var found = new ArrayList<FoundSchedule>();
          try (var statement =
                  IndexSql.schedules(scope, query, from, limit + 1).prepare(connection);
              var rows = statement.executeQuery()) {
            while (rows.next()) {
              found.add(FoundSchedule.of(rows));
            }
          }
          var isLast = found.size() <= limit;
          return new Page(isLast ? found : found.subList(0, limit), isLast);
        });
  }
}
