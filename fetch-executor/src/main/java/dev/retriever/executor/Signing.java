package dev.retriever.executor;

import java.util.List;

/**
 * Asks the executor to sign a request as <a href="https://www.standardwebhooks.com">Standard
 * Webhooks</a> 1.0.0 says. Only names of keys are in it, so it may be sent between nodes.
 * Immutable.
 *
 * @param id sent as {@code webhook-id}: 1 to 256 printable ASCII characters without a dot, the same
 *     for each attempt
 * @param secrets the names of the keys in {@code retriever.executor.transport.secrets}; each of
 *     them signs. At least one, at most {@link #MOST_KEYS}
 * @param algorithm of all of them
 */
public record Signing(String id, List<String> secrets, Algorithm algorithm) {
  /** The current key, and the one before or after it during a rotation. */
  public static final int MOST_KEYS = 2;

  /** How a request is signed. Names of constants are persisted, and sent between nodes. */
  public enum Algorithm {
    /** HMAC-SHA256, with a key that both sides have. */
    V1("v1"),
    /** Ed25519, with a private key; receivers have the public one. */
    V1A("v1a");

    private final String label;

    Algorithm(String label) {
      this.label = label;
    }

    /** Its name in Standard Webhooks, which comes before each signature. */
    public String label() {
      return label;
    }
  }

  /**
   * What older code wrote has no algorithm, and is signed by {@link Algorithm#V1}.
   *
   * @throws IllegalArgumentException if the id or the number of keys is out of its range
   */
  public Signing {
    if (!id.matches("[!-~&&[^.]]{1,256}")) {
      throw new IllegalArgumentException(
          "the id of a signed request must be 1 to 256 printable ASCII characters without a dot");
    }
    if (secrets.isEmpty() || secrets.size() > MOST_KEYS) {
      throw new IllegalArgumentException(
          "a request is signed with 1 to " + MOST_KEYS + " keys, not with " + secrets.size());
    }
    secrets = List.copyOf(secrets);
    algorithm = algorithm == null ? Algorithm.V1 : algorithm;
  }
}
