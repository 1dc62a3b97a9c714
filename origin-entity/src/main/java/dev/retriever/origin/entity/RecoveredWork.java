package dev.retriever.origin.entity;

import dev.retriever.origin.core.Input;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Finds the work under way when one origin recovers or is woken, since effects are not replayed.
 * Sends it to the origin itself, in parts that keep a write small. Belongs to one actor.
 */
final class RecoveredWork {
  private final OriginNode<?> node;
  private final OriginHome home;
  private final Consumer<OriginCommand> self;

  /** Questions about open attempts that are not answered. */
  private final AtomicInteger asked = new AtomicInteger();

  /** What has been found, and is on its way to the origin. */
  private final Set<OriginCore.Finding> found = ConcurrentHashMap.newKeySet();

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
    found.clear();
    var known = new ArrayList<OriginCore.Finding>();
    for (var finding : OpenAttempts.unheard(state, node.pools(), home::key)) {
      var answer = finding.toCompletableFuture();
      if (answer.isDone() && !answer.isCompletedExceptionally()) {
        answer.join().ifPresent(known::add);
      } else {
        asked.incrementAndGet();
        answer.whenComplete((it, failure) -> answered(Optional.ofNullable(it)));
      }
    }
    unheard(known);
  }

  private void answered(Optional<Optional<OriginCore.Finding>> answer) {
    unheard(answer.flatMap(it -> it).stream().toList());
    asked.decrementAndGet();
  }

  /** Those have been handled. */
  void heard(List<OriginCore.Finding> findings) {
    findings.forEach(found::remove);
  }

  /** Whether it is not known yet what became of an open attempt, or not handled. */
  boolean isUnheard() {
    return asked.get() > 0 || !found.isEmpty();
  }

  /** Gives up the attempts whose pools are gone. */
  void takeUpLost(OriginState state) {
    unheard(OpenAttempts.lost(state, node.pools()));
  }

  private void unheard(List<OriginCore.Finding> findings) {
    found.addAll(findings);
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
