package dev.retriever.cluster.api;

import dev.retriever.alarms.calendar.RepeatedTime;
import dev.retriever.alarms.calendar.SkippedTime;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.Precondition;
import dev.retriever.cluster.http.Problem;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.InvalidSpec;
import dev.retriever.origin.schedules.CatchUp;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.TickRule;
import dev.retriever.origin.schedules.WhileRunning;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/** Reads schedules as strictly as submissions. */
record ScheduleReader(FetchReader fetches, SubmissionRules rules) {
  /**
   * The condition of a change (RFC 9110, section 13).
   *
   * @param isGiven else the change is made only if there is no such schedule
   */
  record Condition(ScheduleRequest.Condition asked, boolean isGiven) {
    /**
     * @throws Problem.Found if there are several conditions
     */
    static Condition of(HttpRequest request) {
      var asked = Precondition.of(request, "generation");
      var onlyNew = !asked.any() && asked.version().isEmpty();
      return new Condition(
          new ScheduleRequest.Condition(asked.version(), onlyNew), !asked.isMissing());
    }
  }

  /**
   * @throws Problem.Found naming the field
   */
  ScheduleSpec read(InputStream body, Tenant tenant) {
    var fields = JsonFields.of(JsonRequest.parse(body), "");
    try {
      var ticks = ticks(fields);
      var fetch = fetch(fields, tenant);
      var spec =
          new ScheduleSpec(
              ticks,
              fields.duration("jitter").orElse(Duration.ZERO),
              fields.time("start"),
              fields.time("end"),
              fields.integer("maxRuns"),
              word(fields, "overlap", WhileRunning.values()).orElse(WhileRunning.SKIP),
              fields.object("catchUp").map(ScheduleReader::catchUp).orElse(CatchUp.LATEST),
              fields.text("note"),
              fetch);
      fields.nothingElse();
      return spec;
    } catch (InvalidSpec e) {
      throw JsonFields.invalid(e.pointer(), rule(e));
    }
  }

  private FetchSpec fetch(JsonFields fields, Tenant tenant) {
    var json = fields.field("fetch").orElseThrow(() -> JsonFields.invalid("/fetch", "is missing"));
    try {
      var submission = fetches.read(JsonFields.of(json, ""));
      if (submission.id().isPresent()) {
        throw JsonFields.invalid(
            "/id", "must be left out: the fetch of each tick has an id of its own");
      }
      rules.check(submission.spec(), tenant);
      rules.checkNames(submission.spec(), tenant);
      return submission.spec();
    } catch (Problem.Found e) {
      throw e.problem().under("/fetch").found();
    }
  }

  private static TickRule ticks(JsonFields fields) {
    var cron = fields.text("cron");
    var every = fields.duration("every");
    var zone = fields.text("zone");
    var dst = fields.object("dst");
    if (cron.isPresent() == every.isPresent()) {
      throw JsonFields.invalid("/cron", "must be given, or every; not both");
    }
    if (every.isPresent()) {
      refuse("/zone", zone.isPresent());
      refuse("/dst", dst.isPresent());
      return TickRule.every(every.get());
    }
    var gap = dst.flatMap(it -> word(it, "gap", SkippedTime.values()));
    var repeated = dst.flatMap(it -> word(it, "repeated", RepeatedTime.values()));
    dst.ifPresent(JsonFields::nothingElse);
    return new TickRule.Cron(
        cron.get(), zone.map(ScheduleReader::zone).orElse(ZoneOffset.UTC), gap, repeated);
  }

  private static void refuse(String pointer, boolean isGiven) {
    if (isGiven) {
      throw JsonFields.invalid(
          pointer, "must be left out with every, which is elapsed time; clocks do not change it");
    }
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw JsonFields.invalid(
          "/zone", "is unknown; name one of the tz database, such as Europe/Berlin, or UTC");
    }
  }

  private static CatchUp catchUp(JsonFields fields) {
    var catchUp =
        new CatchUp(
            word(fields, "policy", CatchUp.Policy.values()).orElse(CatchUp.Policy.LATEST),
            fields.duration("within").orElse(CatchUp.WITHIN),
            fields.integer("max").orElse(CatchUp.MAX));
    fields.nothingElse();
    return catchUp;
  }

  private static <E extends Enum<E>> Optional<E> word(JsonFields fields, String name, E[] values) {
    return fields
        .text(name)
        .map(
            text ->
                Arrays.stream(values)
                    .filter(value -> word(value).equals(text))
                    .findFirst()
                    .orElseThrow(
                        () -> JsonFields.invalid(fields.at(name), "must be " + words(values))));
  }

  private static String words(Enum<?>[] values) {
    var all = Arrays.stream(values).map(value -> "\"" + word(value) + "\"").toList();
    return String.join(", ", all.subList(0, all.size() - 1)) + " or " + all.get(all.size() - 1);
  }

  /** As it is written in JSON. */
  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether to catch up with the ticks of a pause. */
  static boolean catchesUp(InputStream body) {
    var fields = JsonFields.of(JsonRequest.parse(body), "");
    var catchUp = fields.flag("catchUp").orElse(false);
    fields.nothingElse();
    return catchUp;
  }

  static ScheduleRequest.Backfill backfill(String id, InputStream body) {
    var fields = JsonFields.of(JsonRequest.parse(body), "");
    var from = fields.time("from").orElseThrow(() -> JsonFields.invalid("/from", "is missing"));
    var to = fields.time("to").orElseThrow(() -> JsonFields.invalid("/to", "is missing"));
    var backfill =
        new ScheduleRequest.Backfill(
            id,
            from,
            to,
            fields.flag("dryRun").orElse(false),
            fields.flag("allowRepeat").orElse(false));
    fields.nothingElse();
    if (to.isBefore(from)) {
      throw JsonFields.invalid("/to", "must not be before from");
    }
    for (var bound : List.of(from, to)) {
      if (bound.isBefore(ScheduleSpec.EARLIEST)) {
        throw JsonFields.invalid("/from", "must not be before 1970");
      }
    }
    return backfill;
  }

  private static String rule(InvalidSpec e) {
    return e.getMessage().substring(e.getMessage().indexOf(' ') + 1);
  }
}
