package dev.retriever.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cli.text.Table;
import dev.retriever.client.ApiObject;
import dev.retriever.client.ScheduleCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands about schedules. */
@Command(
    name = "schedule",
    description = "Sets, shows and operates schedules.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class ScheduleCli extends GroupCli {
  @ParentCommand private Cli cli;

  @Override
  Session session() {
    return cli.session();
  }

  private ScheduleCalls schedules() {
    return client().schedules();
  }

  private int shown(ApiObject schedule) {
    session().show(schedule.json(), ScheduleCli::lines);
    return ExitCodes.DONE;
  }

  private static List<String> lines(JsonNode schedule) {
    var lines = new ArrayList<String>();
    lines.add(
        Table.plain(
            schedule.path("originId").asText()
                + " "
                + schedule.path("id").asText()
                + ": "
                + schedule.path("state").asText()
                + ", "
                + rule(schedule)
                + (schedule.has("tzdb") ? ", tz database " + schedule.path("tzdb").asText() : "")));
    var next = new Table("next", "local", "clocks");
    schedule
        .path("next")
        .forEach(
            it ->
                next.row(
                    it.path("at").asText(), it.path("local").asText(), it.path("clocks").asText()));
    var past = new Table("past", "result", "fetch or reason");
    schedule
        .path("recent")
        .forEach(
            it ->
                past.row(
                    it.path("at").asText(),
                    it.path("result").asText(),
                    it.path("fetchId").asText(it.path("reason").asText("-"))));
    lines.addAll(next.isEmpty() ? List.of() : next.lines(200));
    lines.addAll(past.isEmpty() ? List.of() : past.lines(200));
    return lines;
  }

  private static String rule(JsonNode schedule) {
    if (schedule.has("every")) {
      return "every " + schedule.path("every").asText();
    }
    return schedule.has("cron")
        ? schedule.path("cron").asText() + " " + schedule.path("zone").asText("UTC")
        : "-";
  }

  @Command(description = "Lists schedules of all origins, or of those that match.")
  int list(
      @Parameters(paramLabel = "ORIGIN", arity = "0..1", description = "such as reports or rep*")
          String origin,
      @Option(names = "--state", paramLabel = "STATE", description = "active, paused or ended")
          String state,
      @Option(names = "--soonest", description = "the next ticks first, in place of by origin")
          boolean soonest,
      @Mixin ListOptions pages) {
    var filters = new TreeMap<String, String>();
    Optional.ofNullable(state).ifPresent(it -> filters.put("state", it));
    if (soonest) {
      filters.put("order", "next");
    }
    // A single origin is asked itself, so that its schedules are listed without the index too.
    var isOne = origin != null && !origin.endsWith("*") && filters.isEmpty();
    Optional.ofNullable(origin).ifPresent(it -> filters.put("origin", it));
    var page =
        isOne
            ? schedules().list(origin, pages.limit(), pages.cursor())
            : schedules().find(filters, pages.limit(), pages.cursor());
    var table = new Table("origin", "id", "state", "next", "rule", "fetch");
    page.items()
        .forEach(
            it ->
                table.row(
                    it.text("/originId").orElse("-"),
                    it.text("/id").orElse("-"),
                    it.text("/state").orElse("-"),
                    it.text("/next").orElse("-"),
                    rule(it.json()),
                    it.text("/host")
                        .map(host -> it.text("/method").orElse("") + " " + host)
                        .orElse("-")));
    session().show(page.items().stream().map(ApiObject::json).toList(), table, "no schedules");
    pages.more(session(), page.next());
    return ExitCodes.DONE;
  }

  @Command(description = "Shows a schedule, its next ticks and its latest.")
  int get(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "SCHEDULE") String id) {
    return shown(schedules().get(origin, id));
  }

  @Command(description = "Makes or replaces a schedule, by options or from a file of settings.")
  int set(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "SCHEDULE") String id,
      @Parameters(paramLabel = "URL", arity = "0..1") String url,
      @Mixin FetchOptions options,
      @Option(names = "--cron", paramLabel = "FIELDS", description = "such as '30 2 * * *'")
          String cron,
      @Option(names = "--zone", defaultValue = "UTC", description = "of the cron fields; UTC")
          String zone,
      @Option(names = "--every", paramLabel = "TIME", description = "in place of --cron")
          Duration every,
      @Option(names = "--file", paramLabel = "FILE", description = "all settings, in JSON")
          String file) {
    var settings =
        file != null ? session().document(file) : settings(url, options, cron, zone, every);
    return shown(schedules().put(origin, id, settings, Optional.of("*")));
  }

  private JsonNode settings(
      String url, FetchOptions options, String cron, String zone, Duration every) {
    if (url == null || (cron == null) == (every == null)) {
      throw new Refused(
          "a schedule has a URL, and --cron or --every", "Give these, or all in --file FILE.");
    }
    var fetch = options.fetch(url, session());
    return cron != null ? ScheduleCalls.cron(cron, zone, fetch) : ScheduleCalls.every(every, fetch);
  }

  @Command(description = "Removes a schedule; its fetches go on.")
  int remove(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "SCHEDULE") String id,
      @Mixin Consent consent) {
    consent.ask(session(), "Remove the schedule " + id + " of " + origin + "?");
    schedules().remove(origin, id);
    session().say(id + " is removed");
    return ExitCodes.DONE;
  }

  @Command(description = "Lets a schedule not tick.")
  int pause(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "SCHEDULE") String id) {
    return shown(schedules().pause(origin, id));
  }

  @Command(description = "Lets a schedule tick again.")
  int resume(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "SCHEDULE") String id,
      @Option(names = "--catch-up", description = "make up for the ticks of the pause")
          boolean catchUp) {
    return shown(schedules().resume(origin, id, catchUp));
  }

  @Command(description = "Makes a fetch of a schedule now.")
  int trigger(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "SCHEDULE") String id) {
    var made = schedules().trigger(origin, id);
    session().show(made.json(), json -> List.of(json.path("fetchId").asText()));
    return ExitCodes.DONE;
  }

  @Command(description = "Makes the fetches of past ticks that were not made.")
  int backfill(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "SCHEDULE") String id,
      @Option(names = "--from", paramLabel = "INSTANT", required = true) Instant from,
      @Option(names = "--to", paramLabel = "INSTANT", required = true) Instant to,
      @Mixin Consent consent) {
    var calls = schedules();
    var count = calls.backfill(origin, id, from, to, true).number("/count");
    consent.ask(session(), "Make " + count + " fetches?");
    var made = calls.backfill(origin, id, from, to, false);
    session()
        .show(
            made.json(), json -> List.of(json.path("count").asText() + " fetches are to be made"));
    return ExitCodes.DONE;
  }
}
