package dev.retriever.origin.simulation.forgetting;

/** What is rare. */
enum Seen {
  FORGOTTEN,
  GONE,
  REBORN,
  REFUSED_BY_ROW,
  REFUSED_BY_LICENCE,
  LATE_SNAPSHOT,
  ROWS_PURGED,
  GAP,
  RESET
}
