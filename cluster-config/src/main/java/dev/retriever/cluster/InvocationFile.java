package dev.retriever.cluster;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import dev.retriever.cluster.files.RollingFile;
import dev.retriever.executor.invocation.InvocationLog;
import dev.retriever.executor.settings.SettingsReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * The file of the invocation log, from {@code retriever.node.invocation-log}. Handlers never wait
 * for it: lines beyond the queue are dropped.
 *
 * @param queue lines that may wait to be written, at least 1
 * @param fileSize in bytes, of one file
 * @param files 1 to 20, that are kept beside the one that is written
 */
record InvocationFile(Path path, int queue, long fileSize, int files) {
  /** The most numbered files that Logback keeps. */
  private static final int FILES_MAX = 20;

  InvocationFile {
    atLeast("queue", queue, 1);
    atLeast("file-size", fileSize, 1L << 10);
    between("files", files, 1, FILES_MAX);
  }

  /**
   * @return empty when there is to be none
   */
  static Optional<InvocationFile> from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.node.invocation-log",
        c ->
            c.unless("", "file", c::text)
                .map(Path::of)
                .map(
                    path ->
                        new InvocationFile(
                            path, c.count("queue"), c.bytes("file-size"), c.count("files"))));
  }

  /** The same configuration, with the invocation log on. */
  static Config enabled(Config config) {
    return config.withValue(
        "retriever.invocation-log.enabled", ConfigValueFactory.fromAnyRef(true));
  }

  /**
   * From now on, lines of this process go to this file and nowhere else.
   *
   * @param clock says when a line is written
   * @return writes what waits, for a second at most, and closes the file
   */
  Runnable open(Clock clock) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var file =
        new RollingFile(path, fileSize, files).open(context, "INVOCATIONS-FILE", new Line(clock));
    var async = new AsyncAppender();
    async.setContext(context);
    async.setName("INVOCATIONS");
    async.setQueueSize(queue);
    async.setDiscardingThreshold(0);
    async.setNeverBlock(true);
    async.addAppender(file);
    async.start();
    var logger = context.getLogger(InvocationLog.LOGGER);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(async);
    return () -> {
      logger.detachAppender(async);
      logger.setAdditive(true);
      async.stop();
      file.stop();
    };
  }

  /**
   * The message, which is JSON, and the time when it was written. Both differ if lines wait in a
   * queue.
   */
  private static final class Line extends LayoutBase<ILoggingEvent> {
    private final Clock clock;

    private Line(Clock clock) {
      this.clock = clock;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
      var json = event.getFormattedMessage();
      return json.substring(0, json.length() - 1) + ",\"loggedMs\":" + clock.millis() + "}\n";
    }
  }
}
