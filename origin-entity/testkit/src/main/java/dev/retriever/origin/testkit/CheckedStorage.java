package dev.retriever.origin.testkit;

import dev.retriever.origin.manual.ManualNode;

/** Serializes everything, reads it again, and gives the copy. */
record CheckedStorage(Copies copies, StoredRows rows) implements ManualNode.Storage {
  @Override
  public Object row(Object row) {
    return copies.copy("event", row);
  }

  @Override
  public Object written(long number) {
    return copies.copy("event", rows.row(number));
  }

  @Override
  public Object state(Object state) {
    return copies.copy("state", state);
  }

  @Override
  public void context(Object context, Object readAgain) {
    copies.compare("context", context, readAgain);
  }
}
