package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** By the origin itself. */
class DirectDispatchTest extends DispatchSuite {
  @Override
  void startNodes() {
    node("retriever.origin.idle = 200 ms");
  }

  @Override
  String chosen() {
    return ", \"dispatch\": \"direct\"";
  }

  @Override
  boolean isRight(String executor) {
    return executor.startsWith("retriever@" + nodes.get(0).remoting() + "#")
        && executor.endsWith("/~direct");
  }

  @Test
  void the_origin_stays_in_memory_until_it_is_answered() throws InterruptedException {
    var id = newId();
    api().submit("o-" + id, spec(id, "/held/direct", "", ""));
    target.awaitHits(id, 1);

    // Twice as long as it takes for an origin to leave memory.
    Thread.sleep(400);
    assertThat(nodes.get(0).stat("/pending")).isEqualTo(1);
    target.release("direct");

    assertThat(api().settled(Api.fetch("o-" + id, id)).at("/outcome/type")).isEqualTo("answered");
  }

  @Test
  void a_fetch_cannot_be_for_a_pool_and_direct() {
    var refused = api().submit("o", spec(newId(), "/ok", "", ", 'executor': 'bulk'"));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.at("/errors/0/pointer")).isEqualTo("/executor");
  }
}
