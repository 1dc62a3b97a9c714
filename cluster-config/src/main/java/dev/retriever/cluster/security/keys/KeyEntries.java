package dev.retriever.cluster.security.keys;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueType;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Keys in settings: {@code {id, hash, tenant, roles, origins, expires}}. No message of an error
 * shows a value that may be a key.
 */
public final class KeyEntries {
  private static final Set<String> FIELDS =
      Set.of("id", "hash", "tenant", "roles", "origins", "expires");

  private KeyEntries() {}

  /**
   * @throws IllegalArgumentException naming the entry by its place, from 1, and what is wrong
   */
  static List<Key> read(List<? extends Config> entries) {
    var keys = new ArrayList<Key>();
    var ids = new HashSet<String>();
    for (var entry : entries) {
      var place = "entry " + (keys.size() + 1) + ": ";
      try {
        keys.add(key(entry));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(place + withoutKeys(e.getMessage()));
      } catch (ConfigException.Missing e) {
        throw new IllegalArgumentException(place + "id, hash and roles are needed");
      } catch (ConfigException e) {
        throw new IllegalArgumentException(place + "roles is a list, and all else is text");
      }
      if (!ids.add(keys.get(keys.size() - 1).id())) {
        throw new IllegalArgumentException(place + "an entry before it has the same id");
      }
    }
    return keys;
  }

  private static Key key(Config entry) {
    var unknown = new TreeSet<>(entry.root().keySet());
    unknown.removeAll(FIELDS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown are " + unknown + "; known are " + new TreeSet<>(FIELDS));
    }
    return new Key(
        entry.getString("id"),
        new KeyHash(entry.getString("hash")),
        text(entry, "tenant").map(Tenant::new).orElse(Tenant.DEFAULT),
        Role.of(roles(entry)),
        text(entry, "origins").map(OriginPattern::new).orElse(OriginPattern.ANY),
        text(entry, "expires").map(Expiry::parse));
  }

  private static List<String> roles(Config entry) {
    return entry.getValue("roles").valueType() == ConfigValueType.STRING
        ? Arrays.stream(entry.getString("roles").split(",")).map(String::trim).toList()
        : entry.getStringList("roles");
  }

  private static Optional<String> text(Config entry, String field) {
    return entry.hasPath(field) ? Optional.of(entry.getString(field)) : Optional.empty();
  }

  private static String withoutKeys(String message) {
    return message.replaceAll(ApiKey.PREFIX + "\\w+", ApiKey.PREFIX + "***");
  }

  /** The key as an entry of a list, in one line. */
  public static String entry(Key key) {
    var roles = key.roles().stream().map(Role::key).sorted().collect(Collectors.joining(", "));
    var expires = key.expires().map(it -> ", expires = \"" + it + "\"").orElse("");
    return "{ id = %s, hash = \"%s\", tenant = \"%s\", roles = [%s], origins = \"%s\"%s }"
        .formatted(key.id(), key.hash().hex(), key.tenant(), roles, key.origins().text(), expires);
  }
}
