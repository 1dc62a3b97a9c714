package dev.retriever.cluster.security.jwt;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Reads lists of sections. An error names the list, the item by its number, and the key. */
final class Items {
  private Items() {}

  /**
   * @param most items that the list may have
   * @param keys that an item may have
   * @param defaults of the keys that an item may leave out
   * @throws IllegalArgumentException naming what is wrong
   */
  static <T> List<T> read(
      Config config, String path, int most, Set<String> keys, Config defaults, Read<T> read) {
    var items = config.getConfigList(path);
    if (items.size() > most) {
      throw new IllegalArgumentException(path + " must have at most " + most + " items");
    }
    var all = new ArrayList<T>();
    for (var i = 0; i < items.size(); i++) {
      var item = items.get(i);
      try {
        onlyHas(item, keys);
        all.add(read.apply(item.withFallback(defaults)));
      } catch (IllegalArgumentException | ConfigException e) {
        throw new IllegalArgumentException(path + "[" + i + "]: " + e.getMessage(), e);
      }
    }
    return List.copyOf(all);
  }

  /** Makes a record of an item. */
  interface Read<T> extends Function<Config, T> {}

  /** A key with a spelling error would be ignored otherwise. */
  static void onlyHas(Config section, Set<String> keys) {
    for (var key : section.root().keySet()) {
      if (!keys.contains(key)) {
        throw new IllegalArgumentException(key + " is no key here; there are " + keys);
      }
    }
  }
}
