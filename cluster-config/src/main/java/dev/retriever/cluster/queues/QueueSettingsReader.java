package dev.retriever.cluster.queues;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.Problem;
import dev.retriever.origin.queue.InvalidQueue;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueSettings.Bad;
import dev.retriever.origin.queue.QueueSettings.Breaker;
import dev.retriever.origin.queue.QueueSettings.MostWaiting;
import dev.retriever.origin.queue.QueueSettings.PerKey;
import dev.retriever.origin.queue.QueueSettings.Rate;
import dev.retriever.origin.queue.QueueSettings.RetryAfterRule;
import dev.retriever.origin.queue.QueueSettings.Weights;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the settings of a queue strictly. What is left out has its default. The ranges are those of
 * {@link QueueSettings}.
 */
final class QueueSettingsReader {
  /** In place of a number: there is no limit. */
  static final String UNLIMITED = "unlimited";

  private static final QueueSettings DEFAULT = QueueSettings.DEFAULT;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int HUNDREDTHS = 2;
  private static final int THOUSANDTHS = 3;

  private QueueSettingsReader() {}

  /**
   * @throws Problem.Found naming the field that is unknown, has another type, or is out of its
   *     range
   */
  static QueueSettings read(JsonNode json) {
    var fields = JsonFields.of(json, "");
    return OutOfRange.named(
        () -> {
          var settings =
              new QueueSettings(
                  fields.field("concurrency").isPresent()
                      ? concurrency(fields)
                      : DEFAULT.concurrency(),
                  fields.object("rate").map(QueueSettingsReader::rate),
                  fields.object("perKey").map(QueueSettingsReader::perKey).orElse(DEFAULT.perKey()),
                  QueueWords.order(fields, "order").orElse(DEFAULT.order()),
                  fields
                      .object("weights")
                      .map(QueueSettingsReader::weights)
                      .orElse(DEFAULT.weights()),
                  fields
                      .object("waiting")
                      .map(QueueSettingsReader::waiting)
                      .orElse(DEFAULT.waiting()),
                  fields
                      .object("retryAfter")
                      .map(QueueSettingsReader::retryAfter)
                      .orElse(DEFAULT.retryAfter()),
                  fields.object("breaker").map(QueueSettingsReader::breaker),
                  QueueWords.lost(fields, "lost").orElse(DEFAULT.lost()));
          fields.nothingElse();
          return settings;
        });
  }

  private static Optional<Integer> concurrency(JsonFields fields) {
    var json = fields.field("concurrency");
    if (json.filter(it -> it.isTextual() && it.textValue().equals(UNLIMITED)).isPresent()) {
      return Optional.empty();
    }
    if (json.filter(it -> !it.isIntegralNumber()).isPresent()) {
      throw JsonFields.invalid(
          fields.at("concurrency"), "must be a whole number, or \"" + UNLIMITED + "\"");
    }
    return fields.integer("concurrency");
  }

  private static Rate rate(JsonFields fields) {
    var limit =
        fields
            .integer("limit")
            .orElseThrow(() -> JsonFields.invalid(fields.at("limit"), "is missing"));
    var rate =
        new Rate(limit, fields.duration("per").orElse(SECOND), fields.integer("burst").orElse(1));
    fields.nothingElse();
    return rate;
  }

  private static PerKey perKey(JsonFields fields) {
    var perKey =
        new PerKey(concurrency(fields), fields.object("rate").map(QueueSettingsReader::rateOfKeys));
    fields.nothingElse();
    return perKey;
  }

  private static Rate rateOfKeys(JsonFields fields) {
    try {
      return rate(fields);
    } catch (InvalidQueue e) {
      throw e.under("/perKey");
    }
  }

  private static Weights weights(JsonFields fields) {
    var weights = new Weights(weights(fields, "tenants"), weights(fields, "keys"));
    fields.nothingElse();
    return weights;
  }

  private static Map<String, Integer> weights(JsonFields fields, String name) {
    var weights = new LinkedHashMap<String, Integer>();
    var named = fields.object(name);
    for (var each : named.map(JsonFields::names).orElse(java.util.List.of())) {
      var of = named.orElseThrow();
      weights.put(each, scaled(of, each, HUNDREDTHS, "a number with at most two decimals"));
    }
    return weights;
  }

  /** The number at that field, with its point moved to the right. */
  private static int scaled(JsonFields fields, String name, int digits, String form) {
    return fields
        .field(name)
        .filter(it -> it.isNumber() && Double.isFinite(it.doubleValue()))
        .map(JsonNode::decimalValue)
        .flatMap(number -> whole(number, digits))
        .orElseThrow(() -> JsonFields.invalid(fields.at(name), "must be " + form));
  }

  private static Optional<Integer> whole(BigDecimal number, int digits) {
    try {
      // Numbers that are out of any range must not be written out.
      return number.precision() - number.scale() > 9
          ? Optional.empty()
          : Optional.of(number.movePointRight(digits).intValueExact());
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static MostWaiting waiting(JsonFields fields) {
    var waiting =
        new MostWaiting(
            fields.integer("max").orElse(DEFAULT.waiting().max()),
            fields.integer("maxPerKey").orElse(DEFAULT.waiting().maxPerKey()));
    fields.nothingElse();
    return waiting;
  }

  private static RetryAfterRule retryAfter(JsonFields fields) {
    var rule =
        new RetryAfterRule(
            QueueWords.scope(fields, "scope").orElse(DEFAULT.retryAfter().scope()),
            fields.duration("max").orElse(DEFAULT.retryAfter().max()));
    fields.nothingElse();
    return rule;
  }

  private static Breaker breaker(JsonFields fields) {
    var usual = Breaker.DEFAULT;
    var permille =
        fields.field("ratio").isPresent()
            ? scaled(fields, "ratio", THOUSANDTHS, "a number from 0.001 to 1")
            : usual.permille();
    var openMin = fields.duration("openMin").orElse(usual.openMin());
    var breaker =
        new Breaker(
            permille,
            fields.integer("least").orElse(usual.least()),
            fields.duration("window").orElse(usual.window()),
            openMin,
            fields
                .duration("openMax")
                .orElse(openMin.compareTo(usual.openMax()) > 0 ? openMin : usual.openMax()),
            fields.texts("counts").map(it -> counts(fields, it)).orElse(usual.counts()));
    fields.nothingElse();
    return breaker;
  }

  private static Set<Bad> counts(JsonFields fields, java.util.List<String> words) {
    var counts = EnumSet.noneOf(Bad.class);
    for (var i = 0; i < words.size(); i++) {
      counts.add(QueueWords.bad(fields.at("counts") + "/" + i, words.get(i)));
    }
    return Set.copyOf(counts);
  }
}
