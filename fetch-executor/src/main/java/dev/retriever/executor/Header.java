package dev.retriever.executor;

/**
 * One header line as it was sent or received. {@link #named} disregards case; {@code equals} does
 * not. Immutable.
 */
public record Header(String name, String value) {
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
