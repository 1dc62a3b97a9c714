package dev.retriever.cluster.security.jwt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the keys of an issuer come from. It is asked by one thread at a time, and may block. */
interface JwkSource {
  /**
   * @throws IOException if they cannot be had; the message is for the log
   */
  IssuerDocument fetch() throws IOException;

  /** The largest document that is read. */
  int LARGEST = 64 * 1024;

  /** A file with a JWK set. */
  static JwkSource file(String issuer, Path file) {
    return () -> {
      try (var in = Files.newInputStream(file)) {
        var bytes = in.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
          throw new IOException(file + " is larger than " + LARGEST + " bytes");
        }
        return IssuerDocument.of(issuer, bytes);
      }
    };
  }
}
