package dev.retriever.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cli.text.Table;
import dev.retriever.client.ApiObject;
import dev.retriever.client.FetchQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Finds and counts fetches of all origins. */
@Command(
    name = "search",
    description = {
      "Finds fetches of all origins, the newest first.",
      "Filters: outcome=unknown host=pay.example.com label.customer=42 settledAfter=2026-01-15T10:00:00Z",
      "and state, stage, reason, status, method, queue, origin, settledBefore, acceptedAfter, acceptedBefore."
    },
    mixinStandardHelpOptions = true)
final class SearchCli implements Callable<Integer> {
  @ParentCommand private Cli cli;

  @Parameters(paramLabel = "NAME=VALUE", arity = "0..*")
  private List<String> filters;

  @Option(
      names = "--by",
      split = ",",
      paramLabel = "MEMBER",
      description = "count by up to 3, such as outcome,host")
  private List<String> by;

  @Option(names = "--count", description = "count, and list none")
  private boolean count;

  @Mixin private ListOptions pages;

  static FetchQuery query(List<String> filters) {
    var query = FetchQuery.any();
    for (var filter : filters == null ? List.<String>of() : filters) {
      var parts = filter.split("=", 2);
      if (parts.length < 2) {
        throw new Refused(
            "'" + filter + "' is no filter", "Write NAME=VALUE, such as outcome=unknown.");
      }
      query = query.where(parts[0], parts[1]);
    }
    return query;
  }

  @Override
  public Integer call() {
    return by != null || count ? counted() : found();
  }

  private int found() {
    var session = cli.session();
    var page = session.client().search().find(query(filters), pages.limit(), pages.cursor());
    var table = new Table("origin", "id", "outcome", "method", "host", "settled", "attempts");
    page.items().forEach(it -> row(table, it));
    session.show(page.items().stream().map(ApiObject::json).toList(), table, "nothing matches");
    pages.more(session, page.next());
    return ExitCodes.DONE;
  }

  private static void row(Table table, ApiObject fetch) {
    var outcome = fetch.json().path("outcome");
    table.row(
        fetch.text("/originId").orElse("-"),
        fetch.text("/id").orElse("-"),
        outcome.isObject() ? summary(outcome) : fetch.text("/state").orElse("-"),
        fetch.text("/method").orElse("-"),
        fetch.text("/host").orElse("-"),
        fetch.text("/settledAt").orElse("-"),
        fetch.text("/attempts").orElse("-"));
  }

  private static String summary(JsonNode outcome) {
    return outcome.path("type").asText()
        + " "
        + outcome.path("status").asText(outcome.path("reason").asText(""));
  }

  private int counted() {
    var session = cli.session();
    var members = by == null ? List.<String>of() : by;
    var counted = session.client().search().count(query(filters), members);
    session.show(counted.json(), json -> lines(json, members, session.around().width()));
    return ExitCodes.DONE;
  }

  private static List<String> lines(JsonNode counted, List<String> members, int width) {
    var total =
        (counted.path("atLeast").asBoolean() ? "at least " : "")
            + counted.path("total").asText()
            + " fetches"
            + (counted.has("settledAfter")
                ? ", settled after " + counted.path("settledAfter").asText()
                : "");
    if (members.isEmpty()) {
      return List.of(total);
    }
    var headings = new ArrayList<>(members);
    headings.add("count");
    var table = new Table(headings.toArray(String[]::new));
    counted
        .path("groups")
        .forEach(
            group -> table.row(headings.stream().map(it -> group.path(it).asText("-")).toArray()));
    var lines = new ArrayList<>(table.lines(width));
    lines.add(total);
    return lines;
  }
}
