package dev.retriever.executor;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One header line as it was sent or received. {@link #named} ignores case; {@code equals} does not.
 * Immutable.
 *
 * @param value the value; for a header with a secret, the text before the secret
 * @param secret the name of a secret of the executor's node, which is sent after the value: 1 to 64
 *     of {@code A-Z a-z 0-9 . _ -}
 */
public record Header(
    String name,
    String value,
    // Left out when empty, so that rows without secrets keep their form.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> secret) {
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** A header without a secret. */
  public Header(String name, String value) {
    this(name, value, Optional.empty());
  }

  /** Whether that is a valid name of a secret: 1 to 64 of {@code A-Z a-z 0-9 . _ -}. */
  static boolean isSecretName(String name) {
    return SECRET.matcher(name).matches();
  }

  /** Whether the header has that name; case does not matter. */
  public boolean named(String other) {
    return name.equalsIgnoreCase(other);
  }

  /** Shows the name only, because values may be secrets. */
  @Override
  public String toString() {
    return name + ": …";
  }
}
