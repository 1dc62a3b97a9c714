package dev.retriever.cluster;

/** What a node can store in. */
public enum TestDatabase {
  H2,
  POSTGRESQL;

  /** Settings of a node with an empty database of that kind, to be given to all who share it. */
  public String settings() {
    return this == H2 ? "" : TestPostgres.newDatabase();
  }
}
