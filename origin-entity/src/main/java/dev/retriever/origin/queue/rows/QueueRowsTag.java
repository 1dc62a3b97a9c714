package dev.retriever.origin.queue.rows;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueRows.End;
import dev.retriever.origin.queue.rows.QueueRows.KeyOf;
import dev.retriever.origin.queue.rows.QueueRows.LineOf;
import dev.retriever.origin.queue.rows.QueueRows.Listed;
import dev.retriever.origin.queue.rows.QueueRows.Start;
import dev.retriever.origin.queue.wire.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The rows of queues as one text. Numbers end with a comma. A text has its length before it, so it
 * may have any characters. It never leaves the process.
 */
final class QueueRowsTag {
  static final String PREFIX = "retriever-queue-rows|";

  private static final char END = ',';

  /** The length of a text, or the time, that is not there. */
  private static final long ABSENT = Long.MIN_VALUE;

  private QueueRowsTag() {}

  static String of(QueueRows rows) {
    return new Writer().all(rows).text.toString();
  }

  /**
   * @param tag that begins with the prefix
   */
  static QueueRows read(String tag) {
    return new Reader(tag).all();
  }

  private static final class Writer {
    private final StringBuilder text = new StringBuilder(256).append(PREFIX);

    Writer all(QueueRows rows) {
      list(rows.starts(), this::start);
      list(rows.ends(), it -> lease(it.lease()).flag(it.lingers()));
      list(rows.held(), this::key);
      list(rows.freed(), this::key);
      list(rows.lines(), it -> text(it.queue()).text(it.tenant()).line(it.line()));
      list(rows.listed(), it -> text(it.queue()).number(it.version()).maybe(it.settings()));
      return this;
    }

    private <T> void list(List<T> all, Consumer<T> write) {
      number(all.size());
      all.forEach(write);
    }

    private void start(Start it) {
      lease(it.lease()).text(it.fetchId()).number(it.attempt()).text(it.key());
      number(it.timeoutMillis());
    }

    private void key(KeyOf it) {
      text(it.queue()).text(it.key()).text(it.fetchId());
    }

    private void line(Line it) {
      text(it.key()).number(it.priority()).number(it.waiting()).number(it.ready());
      time(it.oldest()).time(it.readyAt());
      number(it.laterAt().map(Instant::toEpochMilli).orElse(ABSENT)).time(it.deadline());
    }

    private Writer lease(Lease it) {
      text(it.queue()).number(it.slot()).number(it.grantNo());
      return flag(it.probe()).flag(it.strict());
    }

    private void maybe(Optional<String> it) {
      it.ifPresentOrElse(this::text, () -> number(ABSENT));
    }

    private Writer text(String it) {
      number(it.length());
      text.append(it);
      return this;
    }

    private Writer time(Instant it) {
      return number(it.toEpochMilli());
    }

    private Writer flag(boolean it) {
      return number(it ? 1 : 0);
    }

    private Writer number(long it) {
      text.append(it).append(END);
      return this;
    }
  }

  private static final class Reader {
    private final String text;
    private int at = PREFIX.length();

    Reader(String text) {
      this.text = text;
    }

    QueueRows all() {
      return new QueueRows(
          list(() -> new Start(lease(), text(), (int) number(), text(), number())),
          list(() -> new End(lease(), flag())),
          list(this::key),
          list(this::key),
          list(() -> new LineOf(text(), text(), line())),
          list(() -> new Listed(text(), number(), maybe())));
    }

    private <T> List<T> list(Supplier<T> read) {
      var size = (int) number();
      var all = new ArrayList<T>(size);
      for (var n = 0; n < size; n++) {
        all.add(read.get());
      }
      return List.copyOf(all);
    }

    private KeyOf key() {
      return new KeyOf(text(), text(), text());
    }

    private Line line() {
      return new Line(
          text(), (int) number(), (int) number(), (int) number(), time(), time(), later(), time());
    }

    private Lease lease() {
      return new Lease(text(), (int) number(), number(), flag(), flag());
    }

    private Optional<String> maybe() {
      var length = number();
      return length == ABSENT ? Optional.empty() : Optional.of(text((int) length));
    }

    private Optional<Instant> later() {
      var millis = number();
      return millis == ABSENT ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    private String text() {
      return text((int) number());
    }

    private String text(int length) {
      at += length;
      return text.substring(at - length, at);
    }

    private Instant time() {
      return Instant.ofEpochMilli(number());
    }

    private boolean flag() {
      return number() == 1;
    }

    private long number() {
      var end = text.indexOf(END, at);
      var number = Long.parseLong(text, at, end, 10);
      at = end + 1;
      return number;
    }
  }
}
