package dev.retriever.cluster.queues;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.origin.queue.QueueView;
import java.util.List;
import java.util.function.Function;

/** Pages of queues, keys and lines as JSON. */
final class QueueLists {
  private QueueLists() {}

  /**
   * @param names all of them, sorted
   */
  static ObjectNode names(List<String> names, QueuePage asked) {
    var after =
        names.stream().filter(name -> name.compareTo(asked.after().orElse("")) > 0).toList();
    var shown = after.subList(0, Math.min(asked.limit(), after.size()));
    var next =
        shown.size() < after.size()
            ? java.util.Optional.of(shown.get(shown.size() - 1))
            : java.util.Optional.<String>empty();
    return page(
        new QueueView.Page<>(shown, next),
        name -> JsonNodeFactory.instance.objectNode().put("name", name));
  }

  static ObjectNode keys(QueueView.Page<QueueView.KeyView> page) {
    return page(page, QueueLists::key);
  }

  private static ObjectNode key(QueueView.KeyView view) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("tenant", view.tenant()).put("key", view.key());
    json.put("waiting", view.waiting()).put("running", view.running());
    view.oldest().ifPresent(at -> json.put("oldest", FetchWriter.time(at)));
    return json;
  }

  static ObjectNode lines(QueueView.Page<QueueView.LineView> page) {
    return page(page, QueueLists::line);
  }

  private static ObjectNode line(QueueView.LineView view) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("type", view.originType());
    json.put("tenant", view.tenant()).put("originId", view.originId());
    json.put("key", view.key()).put("priority", view.priority()).put("waiting", view.waiting());
    json.put("oldest", FetchWriter.time(view.oldest()));
    view.readyAt().ifPresent(at -> json.put("readyAt", FetchWriter.time(at)));
    return json;
  }

  private static <T> ObjectNode page(QueueView.Page<T> page, Function<T, ObjectNode> item) {
    var json = JsonNodeFactory.instance.objectNode();
    var items = json.putArray("items");
    page.items().forEach(each -> items.add(item.apply(each)));
    page.next().ifPresent(next -> json.put("nextCursor", next));
    return json;
  }
}
