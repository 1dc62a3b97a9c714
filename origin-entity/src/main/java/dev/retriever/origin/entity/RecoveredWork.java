package dev.retriever.origin.entity;

import dev.retriever.origin.core.Input;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds the work under way when one origin recovers or is woken, since effects are not replayed.
 * Sends it to the origin itself, in parts that keep a write small. Belongs to one actor.
 */
final class RecoveredWork {
  private final OriginNode<?> node;
  private final OriginHome home;
  private final Consumer<OriginCommand> self;

  /**
   * @param self called in any thread
   */
  RecoveredWork(OriginNode<?> node, OriginHome home, Consumer<OriginCommand> self) {
    this.node = node;
    this.home = home;
    this.self = self;
  }

  /** Without a readable snapshot, recovery begins with the first row that is not purged. */
  void checkComplete(OriginState state, long last) {
    if (state.row() != last) {
      throw new IllegalStateException(
          "origin %s is at row %d of its journal, but counts %d: rows were purged that it needs, because its snapshot cannot be read; deploy code that reads it"
              .formatted(home, last, state.row()));
    }
  }

  /**
   * Asks about open attempts. Pools of other nodes may answer later or not at all; a backstop alarm
   * guards each attempt.
   */
  void takeUpOpen(OriginState state) {
    var known = new ArrayList<OriginCore.Finding>();
    for (var finding : OpenAttempts.unheard(state, node.pools(), home::key)) {
      var answer = finding.toCompletableFuture();
      if (answer.isDone() && !answer.isCompletedExceptionally()) {
        answer.join().ifPresent(known::add);
      } else {
        answer.thenAccept(
            it -> it.ifPresent(late -> self.accept(new OriginCommand.Unheard(List.of(late)))));
      }
    }
    unheard(known);
  }

  /** Gives up the attempts whose pools are gone. */
  void takeUpLost(OriginState state) {
    unheard(OpenAttempts.lost(state, node.pools()));
  }

  private void unheard(List<OriginCore.Finding> findings) {
    Input.parts(findings, limit()).forEach(part -> self.accept(new OriginCommand.Unheard(part)));
  }

  /** Redrives what was parked for want of code that is there now. */
  void takeUpKnown(OriginState state) {
    Input.parts(node.machine().nowKnown(state), limit())
        .forEach(part -> self.accept(new OriginCommand.KnownAgain(part)));
  }

  private int limit() {
    return node.settings().alarmBatch();
  }
}
