package dev.retriever.cluster.search;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import java.time.Instant;
import java.util.List;

/** Found and counted fetches as JSON. */
final class SearchWriter {
  private SearchWriter() {}

  static ObjectNode page(FetchFilter filter, FetchSearch.Page page) {
    var json = JsonNodeFactory.instance.objectNode();
    var items = json.putArray("items");
    page.items().forEach(it -> items.add(fetch(it, page.now())));
    json.put("until", FetchWriter.time(page.until()));
    page.next()
        .ifPresent(key -> json.put("nextCursor", SearchCursor.of(filter, page.until(), key)));
    return json;
  }

  static ObjectNode fetch(FoundFetch found, Instant now) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("originId", SearchScope.originId(found.persistenceId())).put("id", found.fetchId());
    json.put("state", state(found, now)).put("acceptedAt", FetchWriter.time(found.acceptedAt()));
    found
        .notBefore()
        .filter(at -> found.settledAt().isEmpty() && at.isAfter(now))
        .ifPresent(at -> json.put("notBefore", FetchWriter.time(at)));
    found.settledAt().ifPresent(at -> json.put("settledAt", FetchWriter.time(at)));
    json.put("method", found.method()).put("host", found.host());
    found.queue().ifPresent(it -> json.put("queue", it));
    if (!found.labels().isEmpty()) {
      var labels = json.putObject("labels");
      for (var label : found.labels()) {
        var end = label.indexOf('=');
        labels.put(label.substring(0, end), label.substring(end + 1));
      }
    }
    found.outcome().ifPresent(type -> outcome(json, found, type));
    return json;
  }

  private static String state(FoundFetch found, Instant now) {
    if (found.settledAt().isPresent()) {
      return "settled";
    }
    return found.notBefore().filter(at -> at.isAfter(now)).isPresent() ? "scheduled" : "pending";
  }

  private static void outcome(ObjectNode json, FoundFetch found, String type) {
    json.put("attempts", found.attempts());
    var outcome = json.putObject("outcome").put("type", type);
    found.stage().ifPresent(it -> outcome.put("stage", it));
    found.reason().ifPresent(it -> outcome.put("reason", it));
    found.status().ifPresent(it -> outcome.put("status", it));
  }

  static ObjectNode count(FetchFilter filter, List<CountBy> by, FetchSearch.Count count) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("total", count.total()).put("atLeast", count.isAtLeast());
    filter.settled().after().ifPresent(at -> json.put("settledAfter", FetchWriter.time(at)));
    if (!by.isEmpty()) {
      var groups = json.putArray("groups");
      for (var group : count.groups()) {
        var item = groups.addObject();
        for (var n = 0; n < by.size(); n++) {
          var name = by.get(n).label();
          group.values().get(n).ifPresent(value -> item.put(name, value));
        }
        item.put("count", group.number());
      }
    }
    return json;
  }
}
