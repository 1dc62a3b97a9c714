package dev.retriever.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Which page of a list. */
final class ListOptions {
  @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "1 to 500; 50")
  private int limit;

  @Option(names = "--cursor", paramLabel = "CURSOR", description = "of the page before")
  private String cursor;

  int limit() {
    return limit;
  }

  Optional<String> cursor() {
    return Optional.ofNullable(cursor);
  }

  /** Says how to go on; in JSON, too, where it is no part of the output. */
  void more(Session session, Optional<String> next) {
    next.ifPresent(it -> session.note("more with --cursor " + it));
  }
}
