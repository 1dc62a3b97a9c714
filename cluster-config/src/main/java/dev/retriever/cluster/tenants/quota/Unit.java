package dev.retriever.cluster.tenants.quota;

/** The right to have one more fetch pending. Exactly one of its methods is to be called, once. */
public interface Unit {
  /** Of a tenant without a limit. */
  Unit UNLIMITED =
      new Unit() {
        @Override
        public void recorded() {}

        @Override
        public void returned() {}

        @Override
        public void doubtful() {}
      };

  /** The fetch has been recorded, and nothing was there before. */
  void recorded();

  /** Nothing was recorded. */
  void returned();

  /** Whether it was recorded is not known. */
  void doubtful();
}
