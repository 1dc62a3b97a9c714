package dev.retriever.origin.index;

import dev.retriever.origin.Outcome;
import dev.retriever.origin.schedules.ScheduleView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The rows of the index as one text. Numbers end with a comma. A text has its length before it, so
 * it may have any characters. It never leaves the process.
 */
final class IndexRowsTag {
  static final String PREFIX = "retriever-index-rows|";

  private static final char END = ',';

  /** The length of a text, or a number, that is not there. */
  private static final long ABSENT = Long.MIN_VALUE;

  private static final Outcome.Type[] TYPES = Outcome.Type.values();
  private static final ScheduleView.State[] STATES = ScheduleView.State.values();

  private IndexRowsTag() {}

  static String of(IndexRows rows) {
    return new Writer().all(rows).text.toString();
  }

  /**
   * @param tag that begins with the prefix
   */
  static IndexRows read(String tag) {
    return new Reader(tag).all();
  }

  private static final class Writer {
    private final StringBuilder text = new StringBuilder(256).append(PREFIX);

    Writer all(IndexRows rows) {
      number(rows.rows().size());
      rows.rows().forEach(this::row);
      number(rows.schedules().size());
      rows.schedules().forEach(this::schedule);
      return this;
    }

    private void schedule(ScheduleRow it) {
      text(it.id());
      it.standing().ifPresentOrElse(this::standing, () -> number(ABSENT));
    }

    private void standing(ScheduleRow.Standing it) {
      number(it.state().ordinal()).number(it.generation()).time(it.next()).text(it.rule());
      maybe(it.zone()).text(it.method()).text(it.host());
    }

    private void row(IndexRow it) {
      number(it.place()).number(it.row()).text(it.fetchId()).time(Optional.of(it.acceptedAt()));
      time(it.notBefore()).text(it.method()).text(it.host()).maybe(it.queue());
      number(it.labels().size());
      it.labels().forEach(this::text);
      it.end().ifPresentOrElse(this::end, () -> number(ABSENT));
    }

    private void end(IndexRow.End it) {
      number(it.type().ordinal()).time(Optional.of(it.at())).maybe(it.stage()).maybe(it.reason());
      number(it.status().map(Integer::longValue).orElse(ABSENT)).number(it.attempts());
    }

    private Writer maybe(Optional<String> it) {
      it.ifPresentOrElse(this::text, () -> number(ABSENT));
      return this;
    }

    private Writer text(String it) {
      number(it.length());
      text.append(it);
      return this;
    }

    private Writer time(Optional<Instant> it) {
      return number(it.map(Instant::toEpochMilli).orElse(ABSENT));
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

    IndexRows all() {
      return new IndexRows(list(this::row), list(this::schedule));
    }

    private ScheduleRow schedule() {
      return new ScheduleRow(text((int) number()), standing());
    }

    private Optional<ScheduleRow.Standing> standing() {
      var state = number();
      return state == ABSENT
          ? Optional.empty()
          : Optional.of(
              new ScheduleRow.Standing(
                  number(),
                  STATES[(int) state],
                  time(),
                  text((int) number()),
                  maybe(),
                  text((int) number()),
                  text((int) number())));
    }

    private IndexRow row() {
      return new IndexRow(
          number(),
          number(),
          text((int) number()),
          time().orElseThrow(),
          time(),
          text((int) number()),
          text((int) number()),
          maybe(),
          list(() -> text((int) number())),
          end());
    }

    private Optional<IndexRow.End> end() {
      var type = number();
      return type == ABSENT
          ? Optional.empty()
          : Optional.of(
              new IndexRow.End(
                  time().orElseThrow(),
                  TYPES[(int) type],
                  maybe(),
                  maybe(),
                  maybeNumber().map(Long::intValue),
                  (int) number()));
    }

    private <T> List<T> list(Supplier<T> read) {
      var size = (int) number();
      var all = new ArrayList<T>(size);
      for (var n = 0; n < size; n++) {
        all.add(read.get());
      }
      return List.copyOf(all);
    }

    /** The types of the second constructor are read in the order of its parameters. */
    private Optional<String> maybe() {
      return maybeNumber().map(length -> text(length.intValue()));
    }

    private Optional<Instant> time() {
      return maybeNumber().map(Instant::ofEpochMilli);
    }

    private Optional<Long> maybeNumber() {
      var number = number();
      return number == ABSENT ? Optional.empty() : Optional.of(number);
    }

    private String text(int length) {
      at += length;
      return text.substring(at - length, at);
    }

    private long number() {
      var end = text.indexOf(END, at);
      var number = Long.parseLong(text, at, end, 10);
      at = end + 1;
      return number;
    }
  }
}
