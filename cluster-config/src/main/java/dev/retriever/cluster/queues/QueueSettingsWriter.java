package dev.retriever.cluster.queues;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.http.Durations;
import dev.retriever.origin.queue.QueueSettings;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The settings of a queue as JSON, in the form in which they are read. */
final class QueueSettingsWriter {
  private QueueSettingsWriter() {}

  static ObjectNode json(QueueSettings settings) {
    var json = JsonNodeFactory.instance.objectNode();
    settings
        .concurrency()
        .ifPresentOrElse(
            limit -> json.put("concurrency", limit),
            () -> json.put("concurrency", QueueSettingsReader.UNLIMITED));
    rate(json, settings.rate());
    var perKey = settings.perKey();
    if (perKey.concurrency().isPresent() || perKey.rate().isPresent()) {
      var ofKeys = json.putObject("perKey");
      perKey.concurrency().ifPresent(limit -> ofKeys.put("concurrency", limit));
      rate(ofKeys, perKey.rate());
    }
    json.put("order", QueueWords.word(settings.order()));
    weights(json, settings.weights());
    json.putObject("waiting")
        .put("max", settings.waiting().max())
        .put("maxPerKey", settings.waiting().maxPerKey());
    json.putObject("retryAfter")
        .put("scope", QueueWords.word(settings.retryAfter().scope()))
        .put("max", Durations.text(settings.retryAfter().max()));
    settings.breaker().ifPresent(breaker -> json.set("breaker", breaker(breaker)));
    json.put("lost", QueueWords.word(settings.lost()));
    return json;
  }

  private static void rate(ObjectNode json, Optional<QueueSettings.Rate> rate) {
    rate.ifPresent(
        it ->
            json.putObject("rate")
                .put("limit", it.limit())
                .put("per", Durations.text(it.per()))
                .put("burst", it.burst()));
  }

  private static void weights(ObjectNode json, QueueSettings.Weights weights) {
    if (weights.tenants().isEmpty() && weights.keys().isEmpty()) {
      return;
    }
    var both = json.putObject("weights");
    weights(both, "tenants", weights.tenants());
    weights(both, "keys", weights.keys());
  }

  private static void weights(ObjectNode json, String name, Map<String, Integer> hundredths) {
    if (!hundredths.isEmpty()) {
      var each = json.putObject(name);
      new TreeMap<>(hundredths)
          .forEach((key, weight) -> each.put(key, BigDecimal.valueOf(weight, 2)));
    }
  }

  private static ObjectNode breaker(QueueSettings.Breaker breaker) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("ratio", BigDecimal.valueOf(breaker.permille(), 3)).put("least", breaker.least());
    json.put("window", Durations.text(breaker.window()));
    json.put("openMin", Durations.text(breaker.openMin()));
    json.put("openMax", Durations.text(breaker.openMax()));
    var counts = json.putArray("counts");
    new TreeSet<>(breaker.counts()).forEach(bad -> counts.add(QueueWords.word(bad)));
    return json;
  }
}
