package dev.retriever.cluster.files;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.rolling.RollingFileAppender;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Writes lines to a file, and waits until each is with the operating system. If the file cannot be
 * written, lines are lost. Thread-safe.
 */
public final class Lines implements Consumer<String>, AutoCloseable {
  private final RollingFileAppender<ILoggingEvent> file;
  private final Logger logger;

  private Lines(RollingFileAppender<ILoggingEvent> file, Logger logger) {
    this.file = file;
    this.logger = logger;
  }

  public static Lines open(RollingFile file) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var layout = new Line();
    layout.setContext(context);
    layout.start();
    return new Lines(
        file.open(context, file.path().toString(), layout), context.getLogger(Lines.class));
  }

  private static final class Line extends LayoutBase<ILoggingEvent> {
    @Override
    public String doLayout(ILoggingEvent event) {
      return event.getMessage() + "\n";
    }
  }

  @Override
  public void accept(String line) {
    file.doAppend(
        new LoggingEvent(Lines.class.getName(), logger, Level.INFO, line, null, new Object[0]));
  }

  @Override
  public void close() {
    file.stop();
  }
}
