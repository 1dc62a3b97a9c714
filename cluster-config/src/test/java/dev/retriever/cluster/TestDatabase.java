package dev.retriever.cluster;

/** What a node can store in. */
enum TestDatabase {
  H2,
  POSTGRESQL;

  /** Settings of a node with an empty database of that kind, to be given to all who share it. */
  String settings() {
    return this == H2 ? "" : TestPostgres.newDatabase();
  }
}
