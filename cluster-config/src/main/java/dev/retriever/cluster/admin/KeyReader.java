package dev.retriever.cluster.admin;

import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.security.keys.ApiKey;
import dev.retriever.cluster.security.keys.Expiry;
import dev.retriever.cluster.security.keys.Key;
import dev.retriever.executor.Tenant;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads what a new key is to allow. */
final class KeyReader {
  private KeyReader() {}

  /**
   * What a caller wants.
   *
   * @param tenant empty for the caller's own
   * @param origins empty for those that the caller has
   */
  record Wanted(
      Optional<Tenant> tenant,
      Set<Role> roles,
      Optional<OriginPattern> origins,
      Optional<Instant> expires) {
    Tenant tenantFor(Caller maker) {
      return tenant.orElse(maker.tenant());
    }

    OriginPattern originsFor(Caller maker) {
      return origins.orElse(maker.origins());
    }

    Key key(ApiKey secret, Caller maker) {
      return new Key(
          secret.id(), secret.hash(), tenantFor(maker), roles, originsFor(maker), expires);
    }
  }

  /**
   * @throws Problem.Found naming the field
   */
  static Wanted read(InputStream body) {
    var fields = JsonFields.of(JsonRequest.parse(body), "");
    var roles = fields.texts("roles").orElseThrow(() -> JsonFields.invalid("/roles", "is missing"));
    if (roles.isEmpty()) {
      throw invalid("/roles", "must name at least one of " + Role.keys());
    }
    var wanted =
        new Wanted(
            text(fields, "tenant", Tenant::new),
            roles(roles),
            text(fields, "origins", OriginPattern::new),
            text(fields, "expires", Expiry::parse));
    fields.nothingElse();
    return wanted;
  }

  private static Set<Role> roles(java.util.List<String> names) {
    for (var i = 0; i < names.size(); i++) {
      if (!Role.keys().contains(names.get(i))) {
        throw invalid("/roles/" + i, "must be one of " + Role.keys());
      }
    }
    return Role.of(names);
  }

  private static <T> Optional<T> text(JsonFields fields, String name, Function<String, T> read) {
    return fields
        .text(name)
        .map(
            text -> {
              try {
                return read.apply(text);
              } catch (IllegalArgumentException e) {
                throw invalid(fields.at(name), "is wrong: " + e.getMessage());
              }
            });
  }

  static Problem.Found invalid(String pointer, String rule) {
    return JsonFields.invalid(pointer, rule);
  }
}
