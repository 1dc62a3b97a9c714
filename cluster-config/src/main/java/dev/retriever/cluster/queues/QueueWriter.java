package dev.retriever.cluster.queues;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.cluster.http.Durations;
import dev.retriever.origin.queue.QueueView;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Queues as JSON, for operators and for callers. */
final class QueueWriter {
  private static final double THOUSAND = 1_000;

  private QueueWriter() {}

  /**
   * For operators.
   *
   * @param ids whether ids of origins and fetches are shown, which may be of any tenant
   */
  static ObjectNode queue(QueueView view, boolean ids) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("name", view.name()).put("version", view.version());
    view.template().ifPresent(template -> json.put("template", template));
    json.set("settings", QueueSettingsWriter.json(view.settings()));
    state(json, view);
    if (ids) {
      view.because().ifPresent(because -> json.put("because", because));
    }
    json.put("effective", view.effective());
    waiting(json, view.waiting())
        .put("origins", view.waiting().origins())
        .put("keys", view.waiting().keys());
    json.put("running", view.running()).put("lingering", view.lingering());
    json.putObject("most")
        .put("waiting", view.most().waiting())
        .put("running", view.most().running());
    figures(json, view);
    breaker(json, view.breaker());
    json.putObject("grants")
        .put("given", view.grants().given())
        .put("returned", view.grants().returned())
        .put("expired", view.grants().expired());
    view.purge().ifPresent(purge -> purge(json, purge, ids));
    return json.put("moves", view.moves());
  }

  /** For callers: nothing of others but sums. */
  static ObjectNode forCallers(QueueView view) {
    var json = JsonNodeFactory.instance.objectNode().put("name", view.name());
    state(json, view);
    waiting(json, view.waiting());
    json.put("running", view.running());
    figures(json, view);
    return json;
  }

  private static void state(ObjectNode json, QueueView view) {
    json.put("state", QueueWords.word(view.state()));
    view.until().ifPresent(until -> json.put("until", FetchWriter.time(until)));
  }

  private static ObjectNode waiting(ObjectNode json, QueueView.Waiting waiting) {
    var written = json.putObject("waiting").put("fetches", waiting.fetches());
    waiting.oldest().ifPresent(at -> written.put("oldest", FetchWriter.time(at)));
    return written;
  }

  private static void figures(ObjectNode json, QueueView view) {
    var limitedBy = json.putObject("limitedBy");
    shares(view.limitedBy())
        .forEach((limit, share) -> limitedBy.put(QueueWords.word(limit), rounded(share)));
    json.putObject("rates")
        .put("granted", rounded(view.rates().granted()))
        .put("ended", rounded(view.rates().ended()));
    view.drainsIn().ifPresent(time -> json.put("drainsIn", Durations.text(time)));
    var seconds = json.putObject("waitSeconds");
    quantile(seconds, "p50", view.waitSeconds().p50());
    quantile(seconds, "p99", view.waitSeconds().p99());
  }

  /** In the order in which a queue asks its limits. */
  private static Map<QueueView.Limit, Double> shares(Map<QueueView.Limit, Double> limitedBy) {
    var sorted = new EnumMap<QueueView.Limit, Double>(QueueView.Limit.class);
    sorted.putAll(limitedBy);
    return sorted;
  }

  private static void quantile(ObjectNode json, String name, Optional<Double> seconds) {
    seconds.ifPresent(value -> json.put(name, rounded(value)));
  }

  private static void breaker(ObjectNode json, QueueView.BreakerView breaker) {
    var written = json.putObject("breaker").put("state", breaker.state());
    breaker.ratio().ifPresent(ratio -> written.put("ratio", rounded(ratio)));
    breaker.until().ifPresent(until -> written.put("until", FetchWriter.time(until)));
  }

  private static void purge(ObjectNode json, QueueView.PurgeView purge, boolean ids) {
    var written = json.putObject("purge").put("before", FetchWriter.time(purge.before()));
    if (ids) {
      // The key of a fetch without one names its origin.
      purge.key().ifPresent(key -> written.put("key", key));
    }
    written.put("left", purge.left());
  }

  private static double rounded(double figure) {
    return Math.round(figure * THOUSAND) / THOUSAND;
  }
}
