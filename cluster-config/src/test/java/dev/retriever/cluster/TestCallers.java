package dev.retriever.cluster;

import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.security.keys.ApiKey;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Callers of a node under test: their keys, and the settings that make the node accept them. */
public final class TestCallers {
  private static final String FOR_EVER = "2090-01-01";

  private final SecureRandom random = new SecureRandom();
  private final Map<String, String> entries = new LinkedHashMap<>();

  /** The key of a new caller with all roles, for all origins. */
  public String key(String tenant) {
    return key(tenant, Role.ALL, "*");
  }

  public String key(String tenant, Collection<Role> roles, String origins) {
    return key(tenant, roles, origins, FOR_EVER);
  }

  /**
   * @param expires a date
   */
  String key(String tenant, Collection<Role> roles, String origins, String expires) {
    var key = ApiKey.generate(random);
    entries.put(
        key.secretText(),
        "{ id = %s, hash = \"%s\", tenant = %s, roles = [%s], origins = \"%s\", expires = \"%s\" }"
            .formatted(
                key.id(),
                key.hash().hex(),
                tenant,
                String.join(", ", roles.stream().map(Role::key).toList()),
                origins,
                expires));
    return key.secretText();
  }

  /** For a node that may be asked with wrong credentials as often as a test likes. */
  public String settings() {
    return """
        retriever.node.auth.failed-tries { per-minute = 1000000, burst = 1000000 }
        retriever.node.auth.keys.configured = [
        %s
        ]
        """
        .formatted(String.join("\n", entries.values()));
  }

  /** The same keys but those, as a file that the node reads again. */
  String fileWithout(String... gone) {
    var left = new LinkedHashMap<>(entries);
    left.keySet().removeAll(List.of(gone));
    return "keys = [\n" + String.join("\n", left.values()) + "\n]\n";
  }
}
