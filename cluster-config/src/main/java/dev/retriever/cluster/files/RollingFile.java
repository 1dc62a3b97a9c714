package dev.retriever.cluster.files;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;

/**
 * A file that is begun anew at a size. The files before it have {@code .1} and so on at the end of
 * their names, the latest with {@code .1}.
 *
 * @param size in bytes, of one file
 * @param files that are kept beside the one that is written
 */
public record RollingFile(Path path, long size, int files) {
  /** An appender that is started, for the caller to stop. It flushes each line. */
  public RollingFileAppender<ILoggingEvent> open(
      LoggerContext context, String name, Layout<ILoggingEvent> layout) {
    var appender = new RollingFileAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setName(name);
    appender.setFile(path.toString());
    var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
    encoder.setContext(context);
    encoder.setParent(appender);
    encoder.setLayout(layout);
    encoder.start();
    appender.setEncoder(encoder);
    var rolling = new FixedWindowRollingPolicy();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(path + ".%i");
    rolling.setMinIndex(1);
    rolling.setMaxIndex(files);
    rolling.start();
    appender.setRollingPolicy(rolling);
    var triggering = new SizeBasedTriggeringPolicy<ILoggingEvent>();
    triggering.setContext(context);
    triggering.setMaxFileSize(new FileSize(size));
    triggering.start();
    appender.setTriggeringPolicy(triggering);
    appender.start();
    return appender;
  }
}
