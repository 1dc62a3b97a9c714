package dev.retriever.origin.simulation.queue;

import static java.util.stream.Collectors.joining;

import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told;
import dev.retriever.origin.simulation.trace.TraceLine;
import java.util.List;

/** What traces say of messages between queues and origins. */
public final class QueueTraceWords {
  private QueueTraceWords() {}

  /** An origin has told a queue something, and it has arrived. */
  public static TraceLine of(Told told) {
    var waiting = told.lines().stream().mapToInt(Line::waiting).sum();
    return line(
        told.originId(),
        "%s hears of %s row %d: %d wait, %d run, %d ended, %d grants back"
            .formatted(
                told.queue(),
                told.originId(),
                told.row(),
                waiting,
                told.uses().size(),
                told.ended().size(),
                told.returned().size()));
  }

  /** A queue lets attempts of an origin begin. */
  public static TraceLine of(String originId, Granted granted) {
    var slots = granted.grants().stream().map(it -> "" + it.lease().slot()).collect(joining(", "));
    return line(
        originId, "%s lets %s begin in slot %s".formatted(granted.queue(), originId, slots));
  }

  private static TraceLine line(String originId, String text) {
    return new TraceLine(List.of(), originId, "", text);
  }
}
