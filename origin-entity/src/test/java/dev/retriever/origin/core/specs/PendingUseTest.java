package dev.retriever.origin.core.specs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.Protocol;
import dev.retriever.origin.Samples;
import org.junit.jupiter.api.Test;

class PendingUseTest {
  private static final FetchSpec PLAIN = Samples.post();
  private static final FetchSpec CALLBACK =
      Protocol.journal().stream()
          .filter(FetchAccepted.class::isInstance)
          .map(it -> ((FetchAccepted) it).spec())
          .filter(it -> it.delivers().isPresent())
          .findFirst()
          .orElseThrow();

  @Test
  void fetches_have_all_of_the_room_and_callbacks_half_of_it_rounded_up() {
    var use = PendingUse.NONE.plus(CALLBACK, 10).plus(CALLBACK, 10);

    assertThat(use.hasRoom(CALLBACK, 10, 2, 5, 60)).isTrue();
    assertThat(use.plus(CALLBACK, 10).hasRoom(CALLBACK, 1, 3, 5, 100)).isFalse();
    assertThat(use.hasRoom(CALLBACK, 11, 2, 5, 60)).isFalse();
    assertThat(use.hasRoom(PLAIN, 40, 4, 5, 60)).isTrue();
    assertThat(use.hasRoom(PLAIN, 41, 4, 5, 60)).isFalse();
    assertThat(use.hasRoom(PLAIN, 40, 5, 5, 60)).isFalse();
  }

  @Test
  void one_that_is_over_gives_back_all_that_it_took() {
    var use = PendingUse.NONE.plus(PLAIN, 3).plus(CALLBACK, 10).minus(CALLBACK, 10);

    assertThat(use).isEqualTo(new PendingUse(3, 0, 0));
    assertThat(use.minus(PLAIN, 3)).isEqualTo(PendingUse.NONE);
  }
}
