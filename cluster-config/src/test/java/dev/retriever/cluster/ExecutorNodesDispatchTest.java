package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** By executors of a node that has no origins. */
class ExecutorNodesDispatchTest extends DispatchSuite {
  private static final String PLACEMENT = "retriever.executor.placement = executor-nodes";

  @Override
  void startNodes() {
    node(PLACEMENT, "retriever.node.roles = origin");
    node(
        PLACEMENT,
        "retriever.node.roles = executor",
        "retriever.executor.pools { one { permits = 1 } }");
  }

  @Override
  String chosen() {
    return "";
  }

  @Override
  boolean isRight(String executor) {
    return executor.startsWith("retriever@" + nodes.get(1).remoting() + "#");
  }

  @Test
  void the_node_without_origins_passes_on_what_it_is_asked() {
    var id = newId();

    var view = nodes.get(1).api().settled("o-" + id, spec(id, "/ok", "", ""));

    assertThat(view.at("/outcome/type")).isEqualTo("answered");
    assertThat(nodes.get(1).stat("/settled/answered")).isZero();
  }
}
