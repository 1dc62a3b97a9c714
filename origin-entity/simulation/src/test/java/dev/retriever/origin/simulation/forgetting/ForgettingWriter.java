package dev.retriever.origin.simulation.forgetting;

import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.Turn;
import java.time.Instant;
import java.util.Optional;

/** An incarnation of the origin in the memory of a node. */
final class ForgettingWriter {
  FullState<String> state;
  Instant licensedUntil = Instant.MAX;
  Optional<Turn<String>> held = Optional.empty();
  Optional<ForgettingStore.Saved> unsaved = Optional.empty();

  ForgettingWriter(FullState<String> state) {
    this.state = state;
  }

  /** Its licence is taken then, if it has one for so long. */
  void loseLicence(Instant at) {
    licensedUntil = at.isBefore(licensedUntil) ? at : licensedUntil;
  }
}
