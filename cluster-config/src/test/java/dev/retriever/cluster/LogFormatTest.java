package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.logging.LogSubject;
import dev.retriever.executor.trace.TraceContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.MDC;

/** The log of a node, as its configuration writes it. */
class LogFormatTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final LogSubject SUBJECT =
      LogSubject.of(new AttemptKey("http", "order-17", "charge-1", 2))
          .trace(Optional.of(TraceContext.of(TRACE, "b7ad6b7169203331", true)));

  @Test
  void a_line_of_json_has_the_text_and_what_it_is_about() throws Exception {
    var line = written(Optional.of("json"));
    var json = new ObjectMapper().readTree(line);

    assertThat(line).endsWith("\n");
    assertThat(line.strip().lines()).hasSize(1);
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "timestamp",
            "level",
            "threadName",
            "loggerName",
            "mdc",
            "formattedMessage",
            "throwable");
    assertThat(json.get("level").asText()).isEqualTo("WARN");
    assertThat(json.get("formattedMessage").asText()).isEqualTo("no \"report\"\non charge-1");
    assertThat(json.at("/throwable/message").asText()).isEqualTo("why");
    assertThat(mdc(json)).isEqualTo("http order-17 charge-1 " + TRACE);
    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }

  private static String mdc(JsonNode json) {
    var mdc = json.get("mdc");
    return String.join(
        " ",
        mdc.get("origin_type").asText(),
        mdc.get("origin").asText(),
        mdc.get("fetch").asText(),
        mdc.get("trace_id").asText());
  }

  @Test
  void without_a_setting_lines_are_for_people() throws Exception {
    assertThat(written(Optional.empty()))
        .contains(" WARN  test - no \"report\"\non charge-1")
        .doesNotContain("{");
  }

  @Test
  void a_format_that_does_not_exist_is_refused_before_nothing_is_logged() {
    assertThatCode(() -> LogFormat.check(Optional.of("json"))).doesNotThrowAnyException();
    assertThatCode(() -> LogFormat.check(Optional.empty())).doesNotThrowAnyException();
    assertThatThrownBy(() -> LogFormat.check(Optional.of("jsonl")))
        .hasMessage("RETRIEVER_LOG_FORMAT must be text or json, but is 'jsonl'");
  }

  /** A line that is written as a node does with that setting. */
  private static String written(Optional<String> format) throws JoranException, IOException {
    var context = new LoggerContext();
    format.ifPresent(it -> context.putProperty(LogFormat.NAME, it));
    var reader = new JoranConfigurator();
    reader.setContext(context);
    reader.doConfigure(LogFormatTest.class.getResource("/logback.xml"));
    // Of a warning, logback would print all it did to the standard output of each node.
    assertThat(context.getStatusManager().getCopyOfStatusList())
        .filteredOn(status -> status.getEffectiveLevel() > Status.INFO)
        .isEmpty();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    var async = (AsyncAppender) root.getAppender("ASYNC");
    var console = (ConsoleAppender<ILoggingEvent>) async.iteratorForAppenders().next();
    var line = new AtomicReference<String>();
    SUBJECT.logs(
        () ->
            line.set(
                new String(console.getEncoder().encode(event(context)), StandardCharsets.UTF_8)));
    context.stop();
    return line.get();
  }

  private static LoggingEvent event(LoggerContext context) {
    var logger = context.getLogger("test");
    var failure = new IllegalStateException("why");
    var event =
        new LoggingEvent(
            "", logger, Level.WARN, "no \"report\"\non {}", failure, new Object[] {"charge-1"});
    event.setMDCPropertyMap(MDC.getCopyOfContextMap());
    return event;
  }
}
