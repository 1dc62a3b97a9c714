package dev.retriever.cluster.security.keys;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.security.Authenticator;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Credential;
import dev.retriever.cluster.security.Denied;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Checks keys against the keys in memory. Never blocks. Thread-safe. */
final class KeyAuthenticator implements Authenticator {
  private final List<KeySource> sources;
  private final Clock clock;

  /**
   * @param sources the first one that has a key counts
   */
  KeyAuthenticator(List<KeySource> sources, Clock clock) {
    this.sources = List.copyOf(sources);
    this.clock = clock;
  }

  @Override
  public boolean takes(String token) {
    return token.startsWith(ApiKey.PREFIX);
  }

  @Override
  public CompletionStage<Credential> authenticate(String token) {
    try {
      return CompletableFuture.completedStage(credential(token));
    } catch (Denied | Problem.Found refused) {
      return CompletableFuture.failedStage(refused);
    }
  }

  private Credential credential(String token) {
    var sent = ApiKey.parse(token).orElseThrow(() -> new Denied("malformed-key"));
    var now = clock.instant();
    for (var source : sources) {
      var found = source.find(sent.id());
      if (found.isPresent()) {
        var key = found.get();
        check(sent, key, now);
        source.used(key.id(), now);
        return new KeyCredential(source, key, key.caller());
      }
    }
    // Takes as long as for a key that there is.
    sent.hash().matches(KeyHash.NONE);
    throw new Denied("unknown-key");
  }

  private static void check(ApiKey sent, Key key, Instant now) {
    if (!sent.hash().matches(key.hash())) {
      throw new Denied("wrong-key");
    }
    if (key.isExpired(now)) {
      throw new Denied("expired-key");
    }
  }

  /** Any change of the key ends it: what is open was allowed by other rights. */
  private record KeyCredential(KeySource source, Key key, Caller caller) implements Credential {
    @Override
    public boolean stands(Instant now) {
      try {
        return !key.isExpired(now) && source.find(key.id()).filter(key::equals).isPresent();
      } catch (Problem.Found away) {
        return false;
      }
    }
  }
}
