package dev.retriever.origin;

/** What an alarm of an origin guards. A fetch has at most one of each kind at a time. */
record Guard(Kind kind, String fetchId) {
  enum Kind {
    /** The fetch's deadline and grace are over: it settles as it stands. */
    DEADLINE,
    /** The open attempt's time limit and grace are over: its executor is taken for lost. */
    BACKSTOP,
    /** An attempt may start. */
    START,
    /** A continuation that failed is to be tried again. */
    HANDLE
  }

  String alarmId() {
    return kind + "/" + fetchId;
  }
}
