package dev.retriever.cluster.traces;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;
import static dev.retriever.executor.settings.SettingRules.must;
import static dev.retriever.executor.settings.SettingRules.positive;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Traces of a node, from {@code retriever.node.traces}; {@code application.conf} explains them.
 * {@code toString} shows no value of a header.
 *
 * @param endpoint where spans are sent; empty for a node that makes none
 * @param headers sent with them, such as those that a hosted collector asks for
 * @param ratio of the traces that begin here and are recorded, 0 to 1
 * @param toTargets whether targets are sent a {@code traceparent}
 * @param service the name of the service in traces
 * @param queue spans that may wait to be sent; those beyond it are dropped and counted
 * @param batch spans in one request
 * @param interval the longest that a span waits for others, while the collector takes them
 * @param timeout of one request, its repetitions included; and of the last one at the end
 */
public record TraceSettings(
    Optional<URI> endpoint,
    Map<String, String> headers,
    double ratio,
    boolean toTargets,
    String service,
    int queue,
    int batch,
    Duration interval,
    Duration timeout) {
  private static final String PATH = "/v1/traces";
  private static final int MOST_QUEUED = 100_000;

  /**
   * @throws IllegalArgumentException naming the key and the rule it breaks
   */
  public TraceSettings {
    must(
        endpoint.filter(it -> !isHttp(it)).isEmpty(),
        "endpoint",
        "an http or https address such as http://collector:4318",
        endpoint.map(URI::getScheme).orElse(""));
    must(!service.isBlank(), "service", "a name", service);
    between("ratio", ratio, 0.0, 1.0);
    between("queue", queue, 1, MOST_QUEUED);
    between("batch", batch, 1, queue);
    positive("interval", interval);
    atLeast("timeout", timeout, interval);
    headers = Map.copyOf(headers);
  }

  private static boolean isHttp(URI uri) {
    return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        && uri.getHost() != null;
  }

  /** Reads them. */
  public static TraceSettings from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.node.traces",
        c ->
            new TraceSettings(
                Optional.of(c.text("endpoint").strip())
                    .filter(text -> !text.isEmpty())
                    .map(TraceSettings::address),
                headers(c.text("headers")),
                c.number("ratio"),
                c.flag("to-targets"),
                c.text("service"),
                c.count("queue"),
                c.count("batch"),
                c.duration("interval"),
                c.duration("timeout")));
  }

  /** As OpenTelemetry has it: a collector is named without the path, which is always the same. */
  private static URI address(String text) {
    try {
      var base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
      return URI.create(base.endsWith(PATH) ? base : base + PATH);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "endpoint must be an http or https address such as http://collector:4318");
    }
  }

  /** Pairs as in {@code OTEL_EXPORTER_OTLP_HEADERS}: {@code name=value,name=value}. */
  private static Map<String, String> headers(String text) {
    var headers = new TreeMap<String, String>();
    for (var pair : text.split(",")) {
      if (!pair.isBlank()) {
        var at = pair.indexOf('=');
        if (at < 1) {
          // The text may be a secret, so the error does not show it.
          throw new IllegalArgumentException(
              "headers must be pairs such as api-key=abc, separated by commas");
        }
        var value = URLDecoder.decode(pair.substring(at + 1).strip(), StandardCharsets.UTF_8);
        headers.put(pair.substring(0, at).strip(), value);
      }
    }
    return headers;
  }

  @Override
  public String toString() {
    return "TraceSettings[endpoint=%s, headers=%s, ratio=%s, toTargets=%s, service=%s]"
        .formatted(endpoint.map(URI::getHost), headers.keySet(), ratio, toTargets, service);
  }
}
