package dev.retriever.loadtest.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reports the cost of fetches from the lines of invocation logs.
 *
 * @param warnings lines and batches that do not match
 */
public record CostReport(
    List<Cost> costs,
    List<PriceSheet> prices,
    Map<String, ClockSkew> skews,
    Deviation logDelay,
    long originLines,
    long executorLines,
    List<String> warnings) {

  public static CostReport of(
      List<InvocationLine> lines, List<Batch> batches, List<PriceSheet> prices) {
    var matching = Matching.of(lines, batches);
    var warnings = new ArrayList<String>();
    batches.forEach(batch -> warnings.addAll(matching.warnings(batch)));
    if (!matching.others().isEmpty()) {
      warnings.add("%d lines belong to no batch".formatted(matching.others().size()));
    }
    var costs = batches.stream().map(batch -> Cost.of(batch, matching)).toList();
    return of(lines, costs, prices, matching.skews(), warnings);
  }

  /** Without batches: all lines belong to the fetches that origins accepted. */
  public static CostReport ofAll(List<InvocationLine> lines, List<PriceSheet> prices) {
    var accepted =
        (int)
            lines.stream()
                .filter(line -> line.isSubmission() && line.outcome().equals("accepted"))
                .count();
    var each = Usage.of(lines).over(Math.max(1, accepted));
    var warnings =
        accepted == 0
            ? List.of("no fetch was accepted; the figures are those of all lines")
            : List.<String>of();
    return of(
        lines, List.of(new Cost("all", "all", 0, accepted, each)), prices, Map.of(), warnings);
  }

  private static CostReport of(
      List<InvocationLine> lines,
      List<Cost> costs,
      List<PriceSheet> prices,
      Map<String, ClockSkew> skews,
      List<String> warnings) {
    var executors = lines.stream().filter(InvocationLine::executor).count();
    return new CostReport(
        costs,
        prices,
        new TreeMap<>(skews),
        Matching.logDelay(lines),
        lines.size() - executors,
        executors,
        List.copyOf(warnings));
  }

  public String text() {
    var text = new StringBuilder();
    line(text, "%d lines of origins, %d of executors", originLines, executorLines);
    line(text, "log delay: %s", logDelay);
    skews.forEach(
        (node, skew) ->
            line(
                text,
                "clock of %s: %.1f ms ahead of the caller's, within %.1f ms; skew that calls prove: %s",
                node,
                skew.aheadMs(),
                skew.withinMs(),
                skew.seen()));
    warnings.forEach(warning -> line(text, "warning: %s", warning));
    line(text, "");
    table(text);
    for (var sheet : prices) {
      for (var breakEven : Cost.breakEvens(costs, sheet)) {
        line(text, "%s: %s", sheet.name(), breakEven);
      }
    }
    return text.toString();
  }

  private void table(StringBuilder text) {
    text.append(
        String.format(
            "%-24s %7s %12s %8s %8s %9s %8s %8s",
            "each fetch",
            "fetches",
            "residency ms",
            "CPU ms",
            "requests",
            "attempts",
            "written",
            "read"));
    prices.forEach(sheet -> text.append(String.format(" %14s", sheet.name() + " $/M")));
    text.append('\n');
    for (var cost : costs) {
      var each = cost.each();
      text.append(
          String.format(
              Locale.ROOT,
              "%-24s %7d %12.1f %8.3f %8.1f %9.2f %8.2f %8.2f",
              cost.name(),
              cost.fetches(),
              each.residencyMs(),
              each.cpuMs(),
              each.originRequests(),
              each.executorRequests(),
              each.rowsWritten(),
              each.rowsRead()));
      prices.forEach(
          sheet -> text.append(String.format(Locale.ROOT, " %14.2f", sheet.perMillion(each))));
      text.append('\n');
    }
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
