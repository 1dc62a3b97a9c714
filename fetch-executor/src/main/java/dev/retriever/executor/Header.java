package dev.retriever.executor;

/** One header line as it was sent or received. Names compare without regard to case. */
public record Header(String name, String value) {
  public boolean named(String other) {
    return name.equalsIgnoreCase(other);
  }

  /** The name only: values may hold what must not reach a log. */
  @Override
  public String toString() {
    return name + ": …";
  }
}
