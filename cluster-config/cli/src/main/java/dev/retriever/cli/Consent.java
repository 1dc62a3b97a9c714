package dev.retriever.cli;

import picocli.CommandLine.Option;

/** Asks before what cannot be undone. */
final class Consent {
  @Option(names = "--yes", description = "do not ask")
  private boolean isGiven;

  void ask(Session session, String question) {
    if (!isGiven && !session.isAgreed(question)) {
      throw new Refused("nothing was done", "Answer y, or give --yes.");
    }
  }
}
