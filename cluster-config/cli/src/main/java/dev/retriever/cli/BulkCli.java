package dev.retriever.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cli.text.Table;
import dev.retriever.client.ApiObject;
import dev.retriever.client.BulkCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands that do one thing with many fetches. */
@Command(
    name = "bulk",
    description = "Redrives, cancels or erases all fetches that match, as a job.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class BulkCli extends GroupCli {
  @ParentCommand private Cli cli;

  @Override
  Session session() {
    return cli.session();
  }

  private int shown(ApiObject job) {
    return shown(session(), job);
  }

  private static int shown(Session session, ApiObject job) {
    session.show(job.json(), BulkCli::lines);
    return ExitCodes.DONE;
  }

  private static List<String> lines(JsonNode job) {
    var lines = new ArrayList<String>();
    lines.add(
        Table.plain(
            job.path("id").asText()
                + ": "
                + job.path("state").asText()
                + ", "
                + job.path("made").asText()
                + " made, "
                + job.path("refused").asText()
                + " refused, "
                + job.path("skipped").asText()
                + " skipped"));
    if (job.has("why")) {
      lines.add(Table.plain(job.path("why").asText()));
    }
    job.path("reasons")
        .properties()
        .forEach(it -> lines.add("  " + it.getKey() + " " + it.getValue()));
    return lines;
  }

  @Command(
      description = {
        "Counts what matches, asks, and begins the job.",
        "ACTION is redrive, cancel or erase; filters are those of search, at least one."
      })
  int begin(
      @Parameters(paramLabel = "ACTION") String action,
      @Parameters(paramLabel = "NAME=VALUE", arity = "1..*") List<String> filters,
      @Option(names = "--id", description = "the name of the job; made by default") String id,
      @Option(
              names = "--rate",
              paramLabel = "N",
              defaultValue = "100",
              description = "fetches in a second; 100")
          int rate,
      @Option(
              names = "--max",
              paramLabel = "N",
              defaultValue = "10000",
              description = "fetches in all; 10000")
          long max,
      @Option(names = "--dry-run", description = "count, and begin nothing") boolean dryRun,
      @Mixin Consent consent) {
    var query = SearchCli.query(filters);
    var job = new BulkCalls.Job(Optional.ofNullable(id), action, query, rate, max);
    return begin(session(), client().bulk(), job, dryRun, consent);
  }

  /** Counts what the job is for, and begins it if that is wanted. */
  static int begin(
      Session session, BulkCalls calls, BulkCalls.Job job, boolean dryRun, Consent consent) {
    var counted = calls.dryRun(job);
    var matching =
        (counted.json().path("atLeast").asBoolean() ? "at least " : "")
            + counted.number("/matching");
    if (dryRun) {
      session.show(counted.json(), json -> List.of("fetches that match: " + matching));
      return ExitCodes.DONE;
    }
    consent.ask(
        session,
        "%s all that match? They are %s, and at most %d are taken."
            .formatted(job.action(), matching, job.max()));
    return shown(session, calls.begin(job));
  }

  @Command(description = "Lists jobs.")
  int list() {
    var page = client().bulk().list();
    var table = new Table("id", "action", "state", "made", "refused", "skipped");
    page.items()
        .forEach(
            it ->
                table.row(
                    it.text("/id").orElse("-"),
                    it.text("/action").orElse("-"),
                    it.text("/state").orElse("-"),
                    it.number("/made"),
                    it.number("/refused"),
                    it.number("/skipped")));
    session().show(page.items().stream().map(ApiObject::json).toList(), table, "no jobs");
    return ExitCodes.DONE;
  }

  @Command(description = "Shows how far a job is.")
  int get(@Parameters(paramLabel = "JOB") String id) {
    return shown(client().bulk().get(id));
  }

  @Command(description = "Lets a job rest.")
  int pause(@Parameters(paramLabel = "JOB") String id) {
    return shown(client().bulk().pause(id));
  }

  @Command(description = "Lets a job go on.")
  int resume(@Parameters(paramLabel = "JOB") String id) {
    return shown(client().bulk().resume(id));
  }

  @Command(description = "Ends a job; what it made stays.")
  int cancel(@Parameters(paramLabel = "JOB") String id) {
    return shown(client().bulk().cancel(id));
  }
}
