package dev.retriever.cluster.queues;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.executor.OriginKey;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.rows.QueueStore;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * For operators: which attempts hold the slots of a queue, as the database has them. Thread-safe.
 */
public final class SlotRoutes extends AllDirectives {
  private final QueueOperations queues;
  private final Function<String, CompletionStage<List<QueueStore.Slot>>> slots;

  /**
   * @param slots of the queue of that name
   */
  public SlotRoutes(
      QueueOperations queues, Function<String, CompletionStage<List<QueueStore.Slot>>> slots) {
    this.queues = queues;
    this.slots = slots;
  }

  /** The caller seals this route. */
  public Route routes() {
    return path(
        segment("admin").slash("queues").slash(segment()).slash("slots"),
        name -> get(() -> extractRequest(request -> completeWithFuture(list(request, name)))));
  }

  private CompletionStage<HttpResponse> list(HttpRequest request, String given) {
    QueueRoutes.checkAllOrigins(request);
    var name = QueueAnswers.named(given);
    var page = QueuePage.of(request);
    var after = page.after().map(SlotRoutes::number).orElse(0);
    return QueueAnswers.inTime(name, queues.read(name))
        .thenApply(view -> view.orElseThrow(() -> QueueAnswers.noSuchQueue(name)))
        .thenCompose(view -> QueueAnswers.inTime(name, slots.apply(name)))
        .thenApply(
            all ->
                QueueAnswers.ok(
                    page(
                        all.stream()
                            .filter(it -> it.lease().slot() > after)
                            .sorted(Comparator.comparing(it -> it.lease().slot()))
                            .toList(),
                        page.limit())));
  }

  private static int number(String cursor) {
    if (!cursor.matches("[1-9][0-9]{0,5}")) {
      throw QueuePage.badCursor();
    }
    return Integer.parseInt(cursor);
  }

  private static ObjectNode page(List<QueueStore.Slot> slots, int limit) {
    var json = JsonNodeFactory.instance.objectNode();
    var items = json.putArray("items");
    slots.stream().limit(limit).forEach(it -> items.add(slot(it)));
    if (slots.size() > limit) {
      json.put("nextCursor", Integer.toString(slots.get(limit - 1).lease().slot()));
    }
    return json;
  }

  private static ObjectNode slot(QueueStore.Slot slot) {
    var origin = OriginKey.ofOrigin(slot.persistenceId());
    return JsonNodeFactory.instance
        .objectNode()
        .put("slot", slot.lease().slot())
        .put("type", origin.type())
        .put("tenant", origin.tenant().name())
        .put("originId", origin.originId())
        .put("fetchId", slot.fetchId())
        .put("attempt", slot.attempt())
        .put("timeUp", FetchWriter.time(slot.timeUp()))
        .put("lingers", slot.lingers());
  }
}
