package dev.retriever.cluster.security.audit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;

/** Rows as JSON, for answers and the file. */
final class AuditJson {
  /** A deed without an end for so long reads as unknown: its node or the database was lost. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private AuditJson() {}

  static ObjectNode row(AuditRow row) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("at", row.at().toString()).put("kind", row.kind().key()).put("id", row.deed());
    json.put("tenant", row.who().tenant().name()).put("credential", row.who().credential());
    put(json, "caller", row.who().caller());
    json.put("address", row.who().address());
    put(json, "action", row.action());
    put(json, "subject", row.subject());
    if (row.status() != 0) {
      json.put("status", row.status());
    }
    put(json, "reason", row.reason());
    if (row.kind() == AuditRow.Kind.DENIED) {
      json.put("count", row.count());
    }
    put(json, "before", row.before());
    put(json, "after", row.after());
    return json;
  }

  private static void put(ObjectNode json, String name, String text) {
    if (!text.isEmpty()) {
      json.put(name, text);
    }
  }

  /** With what has become of a deed until now. */
  static ObjectNode stored(AuditStore.Stored stored, Instant now) {
    var json = row(stored.row());
    if (stored.row().kind() == AuditRow.Kind.ASKED) {
      var open = stored.row().at().plus(PATIENCE).isAfter(now) ? "asked" : "unknown";
      json.put("result", stored.end().map(AuditRow.Kind::key).orElse(open));
    }
    return json;
  }
}
