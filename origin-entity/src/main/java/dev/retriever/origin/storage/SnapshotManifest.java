package dev.retriever.origin.storage;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is stored beside a snapshot and can be known without reading it, such as {@code 2 from 57}.
 *
 * @param version of its form
 * @param from the first row of the journal that it refers to, if it does to any: that row and those
 *     behind it must stay
 */
public record SnapshotManifest(String version, Optional<Long> from) {
  private static final Pattern FORM = Pattern.compile("(\\S*)(?: from ([1-9][0-9]{0,17}))?");

  /** As it was stored. Of what is unknown all rows must stay. */
  public static SnapshotManifest of(String stored) {
    var matcher = FORM.matcher(stored);
    return matcher.matches()
        ? new SnapshotManifest(
            matcher.group(1), Optional.ofNullable(matcher.group(2)).map(Long::valueOf))
        : new SnapshotManifest(stored, Optional.of(1L));
  }

  /** As it is stored. */
  @Override
  public String toString() {
    return version + from.map(row -> " from " + row).orElse("");
  }
}
