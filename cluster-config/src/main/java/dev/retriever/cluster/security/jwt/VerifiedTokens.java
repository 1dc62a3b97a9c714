package dev.retriever.cluster.security.jwt;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tokens that were verified a short time ago, so that a caller who sends many requests is not
 * verified for each. Tokens are known by their SHA-256, and kept for at most {@link #KEPT}.
 * Thread-safe.
 */
final class VerifiedTokens {
  /** For so long, a key that its issuer has withdrawn may still count. */
  static final Duration KEPT = Duration.ofSeconds(60);

  /** Of the least recently used ones, further tokens take the place. */
  static final int MOST = 10_000;

  private final LongSupplier nanoTime;
  private final Map<ByteBuffer, Entry> byHash =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Entry> eldest) {
          return size() > MOST;
        }
      };

  private record Entry(TokenCredential credential, long verified) {}

  VerifiedTokens(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  Optional<TokenCredential> find(String token, Instant now) {
    var hash = hash(token);
    synchronized (byHash) {
      var entry = byHash.get(hash);
      if (entry == null) {
        return Optional.empty();
      }
      if (nanoTime.getAsLong() - entry.verified() >= KEPT.toNanos()
          || !entry.credential().stands(now)) {
        byHash.remove(hash);
        return Optional.empty();
      }
      return Optional.of(entry.credential());
    }
  }

  void add(String token, TokenCredential credential) {
    var hash = hash(token);
    synchronized (byHash) {
      byHash.put(hash, new Entry(credential, nanoTime.getAsLong()));
    }
  }

  int size() {
    synchronized (byHash) {
      return byHash.size();
    }
  }

  private static ByteBuffer hash(String token) {
    try {
      return ByteBuffer.wrap(
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
