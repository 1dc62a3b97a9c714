package dev.retriever.cluster.security.keys;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The keys in the node's own settings, which stay as they are until it stops. Immutable. */
final class ConfiguredKeys implements KeySource {
  private final Map<String, Key> byId;

  ConfiguredKeys(List<Key> keys) {
    byId = byId(keys);
  }

  static Map<String, Key> byId(List<Key> keys) {
    return keys.stream().collect(Collectors.toUnmodifiableMap(Key::id, Function.identity()));
  }

  @Override
  public Optional<Key> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }
}
