package dev.retriever.cluster.bulk;

import dev.retriever.cluster.bulk.BulkJob.Wanted;
import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;

/** Reads what a job is to do, strictly. */
final class BulkReader {
  private static final int USUAL_RATE = 100;
  private static final int LARGEST_RATE = 1_000;
  private static final int USUAL_MAX = 10_000;
  private static final int LARGEST_MAX = 10_000_000;

  private BulkReader() {}

  /**
   * What was asked for.
   *
   * @param isDryRun whether nothing is to be done but to count
   */
  record Asked(Wanted wanted, boolean isDryRun) {}

  static Asked read(InputStream body, Caller caller, BulkPages pages) {
    var fields = JsonFields.of(JsonRequest.parse(body), "");
    var id = fields.text("id").map(text -> Ids.checked("/id", text)).orElseGet(Ids::fresh);
    var where = fields.object("where");
    var terms = where.map(BulkReader::terms).orElse(Map.of());
    var source = pages.source(terms);
    var action =
        fields
            .text("action")
            .flatMap(source::action)
            .orElseThrow(() -> JsonFields.invalid("/action", "must be one of " + source.names()));
    if (where.isEmpty()) {
      throw JsonFields.invalid("/where", "is missing");
    }
    var checked = checked(terms, source, action, caller);
    var rate = number(fields, "rate", USUAL_RATE, LARGEST_RATE);
    var max = number(fields, "max", USUAL_MAX, LARGEST_MAX);
    var isDryRun = fields.flag("dryRun").orElse(false);
    fields.nothingElse();
    var wanted =
        new Wanted(
            id,
            caller.tenant().name(),
            caller.name(),
            caller.origins().text(),
            action.name(),
            new TreeMap<>(checked),
            rate,
            max);
    return new Asked(wanted, isDryRun);
  }

  private static Map<String, String> terms(JsonFields where) {
    var terms = new TreeMap<String, String>();
    for (var name : where.names()) {
      var value = where.field(name).orElseThrow();
      if (!value.isTextual() && !value.isIntegralNumber()) {
        throw JsonFields.invalid(where.at(name), "must be a string");
      }
      terms.put(name, value.asText());
    }
    return terms;
  }

  private static Map<String, String> checked(
      Map<String, String> terms, BulkSource source, BulkAction action, Caller caller) {
    if (terms.isEmpty()) {
      throw JsonFields.invalid("/where", "must have a filter, such as outcome or origin");
    }
    try {
      return source.checked(terms, action, caller);
    } catch (Problem.Found e) {
      throw e.problem().type() == ProblemType.MALFORMED_REQUEST
          ? JsonFields.invalid("/where", "is no filter of this action: " + e.problem().detail())
          : e;
    }
  }

  private static int number(JsonFields fields, String name, int usual, int largest) {
    var number = fields.integer(name).orElse(usual);
    if (number < 1 || number > largest) {
      throw JsonFields.invalid(fields.at(name), "must be 1 to " + largest);
    }
    return number;
  }
}
