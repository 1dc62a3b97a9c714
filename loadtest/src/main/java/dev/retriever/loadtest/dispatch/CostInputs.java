package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.cost.PriceSheet;
import dev.retriever.loadtest.result.ResultDraft;
import java.util.List;

/** Lists what costs are computed from: prices of each resource, and where its use comes from. */
record CostInputs(List<PriceSheet> prices) {
  void into(ResultDraft draft) {
    var rows = draft.table("Inputs of the cost: dollars for a million units");
    for (var sheet : prices) {
      rows.next()
          .cell("prices", sheet.name())
          .cell("ms of an origin in memory", sheet.residencyMs())
          .cell("GB-s of an origin in memory", sheet.residencyGbs())
          .cell("memory of an origin, MB", sheet.memoryMb())
          .cell("ms of a processor", sheet.cpuMs())
          .cell("messages to origins", sheet.originRequests())
          .cell("attempts of executors", sheet.executorRequests())
          .cell("rows written", sheet.rowsWritten())
          .cell("rows read", sheet.rowsRead());
    }
    draft.finding(
        "Cost of a fetch: time in memory, processor time of lines, messages to its origin, attempts of"
            + " executors, and rows, each times its price. All uses are from the lines that origins and"
            + " executors record themselves, as means of the fetches of a cell.");
  }
}
