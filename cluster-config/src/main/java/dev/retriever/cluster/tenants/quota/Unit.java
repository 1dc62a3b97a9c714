package dev.retriever.cluster.tenants.quota;

/** The right to have one more fetch pending. Exactly one of its methods is to be called, once. */
interface Unit {
  /** The fetch has been recorded, and nothing was there before. */
  void recorded();

  /** Nothing was recorded. */
  void returned();

  /** Whether it was recorded is not known. */
  void doubtful();
}
