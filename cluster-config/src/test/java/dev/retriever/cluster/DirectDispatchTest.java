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

    // One that was used later, and whose attempt is made by an executor, leaves memory meanwhile.
    var other = newId();
    var request = Api.json("'request': {'url': '%s'}", target.url("/held/direct"));
    api().submit("o-" + other, Api.json("{'id': '%s', %s}", other, request));
    target.awaitHits(other, 1);
    Eventually.becomes(1L, () -> nodes.get(0).stat("/pending"));
    target.release("direct");

    var settled = api().settled(Api.fetch("o-" + id, id));
    assertThat(settled.at("/outcome/type")).isEqualTo("answered");
    // Had it left, its attempt would have been lost, and made again.
    assertThat(settled.json().at("/attempts")).hasSize(1);
    assertThat(target.hits(id)).hasSize(1);
  }

  @Test
  void a_fetch_cannot_be_for_a_pool_and_direct() {
    var refused = api().submit("o", spec(newId(), "/ok", "", ", 'executor': 'bulk'"));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.at("/errors/0/pointer")).isEqualTo("/executor");
  }
}
