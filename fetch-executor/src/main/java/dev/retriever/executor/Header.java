package dev.retriever.executor;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One header line as it was sent or received. {@link #named} disregards case; {@code equals} does
 * not. Immutable.
 *
 * @param value as it stands; of a secret, what goes before it
 * @param secret the name of the secret of the executor's node that is sent behind the value: 1 to
 *     64 of {@code A-Z a-z 0-9 . _ -}
 */
public record Header(
    String name,
    String value,
    // Left out when empty, as in journals from before there were secrets.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> secret) {
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Without a secret. */
  public Header(String name, String value) {
    this(name, value, Optional.empty());
  }

  /** Whether a secret can be called so: 1 to 64 of {@code A-Z a-z 0-9 . _ -}. */
  public static boolean isSecretName(String name) {
    return SECRET.matcher(name).matches();
  }

  /** Whether that is its name, in upper or lower case. */
  public boolean named(String other) {
    return name.equalsIgnoreCase(other);
  }

  /** The name only: values may hold what must not reach a log. */
  @Override
  public String toString() {
    return name + ": …";
  }
}
