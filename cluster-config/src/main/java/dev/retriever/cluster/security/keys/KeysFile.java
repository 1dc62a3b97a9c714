package dev.retriever.cluster.security.keys;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys in a file, {@code keys = [...]}. It is read again at intervals, and a file that cannot
 * be read changes nothing. Thread-safe.
 */
final class KeysFile implements KeySource {
  private static final Logger LOG = LoggerFactory.getLogger(KeysFile.class);

  /** More than the largest number of entries takes. */
  private static final long LARGEST = 32L << 20;

  private static final Set<PosixFilePermission> FOR_OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  private final Path path;
  private final int most;
  private String content = "";
  private String trouble = "";
  private volatile Map<String, Key> byId = Map.of();

  private KeysFile(Path path, int most) {
    this.path = path;
    this.most = most;
  }

  /**
   * Reads the file for the first time.
   *
   * @param most keys that it may have
   * @throws IllegalArgumentException if it cannot be read
   */
  static KeysFile of(Path path, int most) {
    var file = new KeysFile(path, most);
    file.read();
    return file;
  }

  @Override
  public Optional<Key> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** Reads it if it has changed. Never throws: with a file that is broken, the keys stay. */
  synchronized void readAgain() {
    try {
      if (read()) {
        LOG.info("Read {} keys of {}", byId.size(), path);
        warnOfPermissions();
      }
      trouble = "";
    } catch (RuntimeException e) {
      if (!trouble.equals(e.getMessage())) {
        trouble = String.valueOf(e.getMessage());
        LOG.error("{}. The {} keys that were read before stay", trouble, byId.size());
      }
    }
  }

  private synchronized boolean read() {
    var text = text();
    if (text.equals(content)) {
      return false;
    }
    byId = ConfiguredKeys.byId(keys(text));
    content = text;
    return true;
  }

  private String text() {
    try {
      if (Files.size(path) > LARGEST) {
        throw wrong("is larger than " + LARGEST + " bytes");
      }
      return Files.readString(path, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw wrong("cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  /**
   * References are not resolved: thousands of {@code +=} take minutes. Messages of the parser quote
   * the file, so they are not passed on.
   */
  private List<Key> keys(String text) {
    try {
      var config = ConfigFactory.parseString(text);
      if (config.isEmpty()) {
        return List.of();
      }
      if (!config.root().keySet().equals(Set.of("keys"))) {
        throw wrong("must have keys = [...], and nothing else");
      }
      var keys = KeyEntries.read(config.getConfigList("keys"));
      if (keys.size() > most) {
        throw wrong("has more than " + most + " keys (auth.keys.max-keys)");
      }
      return keys;
    } catch (ConfigException e) {
      var line = e.origin() == null ? -1 : e.origin().lineNumber();
      throw wrong(
          "is not keys = [...] with one entry for each key"
              + (line < 0 ? "" : ", at line " + line));
    } catch (Unreadable e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw wrong("is wrong in " + e.getMessage());
    }
  }

  private Unreadable wrong(String what) {
    return new Unreadable("the file of keys " + path + " " + what);
  }

  private static final class Unreadable extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  void warnOfPermissions() {
    try {
      var granted = EnumSet.copyOf(FOR_OTHERS);
      granted.retainAll(Files.getPosixFilePermissions(path));
      if (!granted.isEmpty()) {
        LOG.warn("Other users of this machine have rights to {}; give it the mode 0600", path);
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("The permissions of {} are not known", path, e);
    }
  }
}
