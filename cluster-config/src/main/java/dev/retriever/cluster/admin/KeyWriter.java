package dev.retriever.cluster.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.security.keys.StoredKey;
import java.util.List;

/** Keys as JSON, without their hashes. */
final class KeyWriter {
  private KeyWriter() {}

  static ObjectNode key(StoredKey stored) {
    var key = stored.key();
    var json = JsonNodeFactory.instance.objectNode();
    json.put("id", key.id()).put("tenant", key.tenant().name());
    var roles = json.putArray("roles");
    key.roles().stream().map(Role::key).sorted().forEach(roles::add);
    json.put("origins", key.origins().text());
    json.put("createdAt", FetchWriter.time(stored.created()));
    json.put("createdBy", stored.createdBy());
    key.expires().ifPresent(at -> json.put("expires", FetchWriter.time(at)));
    stored.lastUsed().ifPresent(at -> json.put("lastUsedHour", FetchWriter.time(at)));
    stored.revoked().ifPresent(at -> json.put("revokedAt", FetchWriter.time(at)));
    return json;
  }

  /**
   * @param keys one more than the page has, if there is a next one
   */
  static ObjectNode page(List<StoredKey> keys, KeyPage page) {
    var json = JsonNodeFactory.instance.objectNode();
    var items = json.putArray("items");
    keys.stream().limit(page.limit()).forEach(key -> items.add(key(key)));
    if (keys.size() > page.limit()) {
      json.put("nextCursor", keys.get(page.limit() - 1).id());
    }
    return json;
  }
}
