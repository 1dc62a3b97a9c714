package dev.retriever.origin.storage;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The manifest of a snapshot, which is known without reading its bytes, such as {@code 2 from 57}.
 *
 * @param version of the snapshot's format
 * @param from the first journal row that it refers to, if there is one: the journal must keep that
 *     row and all later ones
 */
public record SnapshotManifest(String version, Optional<Long> from) {
  private static final Pattern FORM = Pattern.compile("(\\S*)(?: from ([1-9][0-9]{0,17}))?");

  /** Parses a stored manifest. An unknown one keeps all rows. */
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
