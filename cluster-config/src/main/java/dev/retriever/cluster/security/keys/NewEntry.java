package dev.retriever.cluster.security.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Adds entries to files of keys. */
public final class NewEntry {
  private NewEntry() {}

  /**
   * Adds a key to a file of keys. The file is replaced as a whole, by one for its owner alone, so
   * that a node never reads half of it.
   *
   * @param path the file is made if there is none
   * @throws IllegalArgumentException if the file is broken, has a key of that id, or does not end
   *     with its list
   * @throws IOException if it cannot be written
   */
  public static void append(Path path, Key key) throws IOException {
    var exists = Files.exists(path);
    var target = exists ? path.toRealPath() : path.toAbsolutePath();
    if (exists && KeysFile.of(target, Integer.MAX_VALUE).find(key.id()).isPresent()) {
      throw new IllegalArgumentException(path + " has a key " + key.id() + " already");
    }
    var text = with(exists ? Files.readString(target) : "", key);
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var next = Files.createTempFile(target.getParent(), "keys", ".new", owner);
    try {
      Files.writeString(next, text);
      check(path, next, key);
      Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  private static String with(String before, Key key) {
    var list = before.isBlank() ? "keys = [\n]" : before.stripTrailing();
    var end = list.endsWith("]") ? list.length() - 1 : list.length();
    return list.substring(0, end).stripTrailing() + "\n  " + KeyEntries.entry(key) + "\n]\n";
  }

  private static void check(Path path, Path next, Key key) {
    try {
      if (KeysFile.of(next, Integer.MAX_VALUE).find(key.id()).filter(key::equals).isPresent()) {
        return;
      }
    } catch (IllegalArgumentException e) {
      // Said below: it could be read before.
    }
    throw new IllegalArgumentException(
        path + " does not end with its list, keys = [...]; add the entry by hand");
  }
}
