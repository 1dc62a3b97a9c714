package dev.retriever.cluster;

/** By executors of the origin's own node. */
class OwnNodeDispatchTest extends DispatchSuite {
  @Override
  void startNodes() {
    node();
  }

  @Override
  String chosen() {
    return "";
  }

  @Override
  boolean isRight(String executor) {
    return executor.startsWith("retriever@" + nodes.get(0).remoting() + "#");
  }
}
