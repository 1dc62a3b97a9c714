package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.memory.ByteAccount;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivingBodiesTest {
  private final ByteAccount memory = new ByteAccount(1_000);
  private final ArrivingBodies arriving = new ArrivingBodies(memory);
  private final List<String> resting = new ArrayList<>();

  /** A body on its way. */
  private final class Body implements ArrivingBodies.Reading {
    private final String name;
    private final HttpExchange exchange =
        new HttpExchange(
            TransportFixture.KEY,
            1_000_000,
            new StageTimes(0, () -> 0),
            () -> false,
            arriving::over,
            report -> {});

    Body(String name) {
      this.name = name;
    }

    void comes(int bytes) {
      arriving.came(exchange, bytes, this);
    }

    void ends() {
      exchange.abort("over");
    }

    @Override
    public void pause() {
      resting.add(name);
    }

    @Override
    public void resume() {
      resting.remove(name);
    }
  }

  private Body body(String name) {
    return new Body(name);
  }

  @Test
  void when_bodies_take_all_the_memory_all_but_one_rest() {
    var a = body("a");
    var b = body("b");
    a.comes(300);
    b.comes(300);
    a.comes(300);
    body("c").comes(1);

    assertThat(resting).containsExactly("a", "c");
    b.comes(300);
    assertThat(resting).containsExactly("a", "c");
  }

  @Test
  void when_one_has_ended_others_go_on() {
    var a = body("a");
    var b = body("b");
    a.comes(600);
    b.comes(100);
    assertThat(resting).containsExactly("b");

    a.ends();

    assertThat(resting).isEmpty();
    b.ends();
    assertThat(memory.held()).isZero();
  }

  @Test
  void while_memory_is_full_one_after_the_other_goes_on() {
    var large = body("large");
    large.comes(300);
    var first = body("first");
    first.comes(600);
    var b = body("b");
    var c = body("c");
    b.comes(200);
    c.comes(200);
    large.comes(600);
    assertThat(resting).containsExactly("b", "c", "large");

    first.ends();
    assertThat(resting).containsExactly("c", "large");
    b.comes(200);
    assertThat(resting).containsExactly("c", "large");
    b.ends();
    assertThat(resting).containsExactly("large");
  }

  @Test
  void one_that_is_aborted_while_it_rests_gives_its_memory_back() {
    var a = body("a");
    var b = body("b");
    a.comes(600);
    b.comes(600);

    b.ends();
    a.ends();

    assertThat(memory.held()).isZero();
  }

  @Test
  void while_reports_take_memory_none_goes_on_until_they_are_acknowledged() {
    memory.add(1_000);
    body("a").comes(1);
    body("b").comes(1);
    assertThat(resting).containsExactly("a", "b");

    memory.give(1_000);
    assertThat(resting).isEmpty();
  }

  @Test
  void bytes_after_the_end_are_not_counted() {
    var a = body("a");
    a.ends();
    a.comes(100);

    assertThat(memory.held()).isZero();
  }
}
