package dev.retriever.cluster.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/** Makes the instruments of a node. Each has a name, a sentence of help, and fixed labels. */
record Instruments(PrometheusRegistry registry) {
  /** Receives a value with its labels when a metric is read. */
  @FunctionalInterface
  interface Values {
    void add(double value, String... labels);
  }

  Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  /**
   * @param bounds upper bounds of the buckets, inclusive, in the unit of the name
   */
  Histogram histogram(String name, String help, double[] bounds, String... labels) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .classicOnly()
        .classicUpperBounds(bounds)
        .labelNames(labels)
        .register(registry);
  }

  /** A gauge that is read at each scrape. */
  void gauge(String name, String help, DoubleSupplier value) {
    gauges(name, help, values -> values.add(value.getAsDouble()));
  }

  /** A gauge with labels that is read at each scrape. */
  void gauges(String name, String help, Consumer<Values> read, String... labels) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(callback -> read.accept(callback::call))
        .register(registry);
  }

  /** A count that another class keeps. */
  void count(String name, String help, DoubleSupplier value) {
    counts(name, help, values -> values.add(value.getAsDouble()));
  }

  /** Counts with labels that another class keeps. */
  void counts(String name, String help, Consumer<Values> read, String... labels) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(callback -> read.accept(callback::call))
        .register(registry);
  }
}
