package dev.retriever.cluster.bulk;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import java.util.Locale;

/** Jobs as JSON. */
final class BulkWriter {
  private BulkWriter() {}

  static ObjectNode job(BulkJob job) {
    var json = wanted(job.wanted());
    json.put("state", job.state().name().toLowerCase(Locale.ROOT));
    job.why().ifPresent(why -> json.put("why", why));
    json.put("made", job.made()).put("refused", job.refused()).put("skipped", job.skipped());
    if (!job.reasons().isEmpty()) {
      var reasons = json.putObject("reasons");
      job.reasons().forEach(reasons::put);
    }
    json.put("until", FetchWriter.time(job.until()));
    job.endedAt().ifPresent(at -> json.put("endedAt", FetchWriter.time(at)));
    return json;
  }

  static ObjectNode dryRun(BulkJob.Wanted wanted, long total) {
    var json = wanted(wanted);
    json.remove("id");
    return json.put("dryRun", true)
        .put("matching", Math.min(total, wanted.max()))
        .put("atLeast", total >= wanted.max());
  }

  private static ObjectNode wanted(BulkJob.Wanted wanted) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("id", wanted.id()).put("action", wanted.action());
    var where = json.putObject("where");
    wanted.where().forEach(where::put);
    return json.put("rate", wanted.rate()).put("max", wanted.max());
  }
}
