/**
 * How spans leave a node: settings, and the export by OTLP with the OpenTelemetry SDK, which
 * nothing else knows. What a span says, and where it is in a trace, does not belong here.
 */
package dev.retriever.cluster.traces;
