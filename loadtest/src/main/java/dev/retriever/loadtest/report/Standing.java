package dev.retriever.loadtest.report;

/** How far a promise has been shown to hold, the worst first. */
enum Standing {
  MISSED("missed"),
  UNKNOWN("not measured"),
  SMALL("only measured small"),
  MINIMUM("holds at its minimum only"),
  /** At full size, on PostgreSQL, while things were broken on purpose. */
  PROVEN("proven under faults"),
  /** At full size, on PostgreSQL, with every target reached. */
  READY("production-ready");

  private final String words;

  Standing(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
