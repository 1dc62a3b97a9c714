package dev.retriever.cluster;

import com.typesafe.config.Config;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which fetches can be found by what they are, from {@code retriever.node.index}; {@code
 * application.conf} explains it.
 *
 * @param types of origins, by name
 */
record IndexSettings(Set<String> types) {
  static IndexSettings from(Config config) {
    var types = new TreeSet<String>();
    Arrays.stream(config.getString("retriever.node.index.types").split(","))
        .map(String::strip)
        .filter(type -> !type.isEmpty())
        .forEach(types::add);
    return new IndexSettings(Set.copyOf(types));
  }

  boolean has(String type) {
    return types.contains(type);
  }
}
