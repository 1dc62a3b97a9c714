package dev.retriever.cluster.security.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.function.Function;

/**
 * The files of one port. Links are followed at each look, so a link that is changed is a change.
 */
record PemFiles(Path certificate, Path key, Optional<Path> clientCa) {
  /** Hundreds of certificates fit in. */
  private static final int LARGEST = 1 << 20;

  /** What was read at one time. */
  record Content(byte[] certificate, byte[] key, Optional<byte[]> clientCa) {
    /** Two contents with the same hash are the same. */
    byte[] hash() {
      try {
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(sha256(certificate));
        digest.update(sha256(key));
        clientCa.ifPresent(it -> digest.update(sha256(it)));
        return digest.digest();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    private static byte[] sha256(byte[] bytes) {
      try {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * @throws IllegalArgumentException naming the file that cannot be read
   */
  Content read() {
    return new Content(read(certificate), read(key), clientCa.map(PemFiles::read));
  }

  private static byte[] read(Path file) {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IllegalArgumentException(file + " has more than 1 MiB");
      }
      return bytes;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          file + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
  }

  /**
   * @throws IllegalArgumentException beginning with the file
   */
  static <T> T parsed(Path file, byte[] content, Function<byte[], T> parse) {
    try {
      return parse.apply(content);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + " " + e.getMessage(), e);
    }
  }
}
