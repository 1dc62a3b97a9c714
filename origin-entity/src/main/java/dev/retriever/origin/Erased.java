package dev.retriever.origin;

/** Whether what a settled fetch sent and got has been erased. Names are the wire format. */
public enum Erased {
  /** It is kept. */
  NO,
  /** It is not shown any more. Copies are still in the database. */
  UNDER_WAY,
  /** Nothing of it is in the rows and snapshots of its origin any more. */
  DONE
}
