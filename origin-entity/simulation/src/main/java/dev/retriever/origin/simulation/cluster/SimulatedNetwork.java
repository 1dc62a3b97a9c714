package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.trace.TraceLine;
import dev.retriever.origin.simulation.trace.TraceWords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;

/** Carries messages from node to node, serialized as in production, and not always well. */
public final class SimulatedNetwork {
  private static final Duration FASTEST = Duration.ofMillis(1);
  private static final Duration SLOWEST = Duration.ofMillis(5);

  private final SimulatedCluster cluster;
  private final RandomStreams chance;
  private final Map<String, List<Runnable>> held = new HashMap<>();

  /** A message, or a state, as production serializes it. */
  record Packet(int serializer, String manifest, byte[] bytes) {
    static Packet of(SimulatedNode from, Object content) {
      var serialization = SerializationExtension.get(from.classic());
      var serializer = serialization.findSerializerFor(content);
      var manifest = Serializers.manifestFor(serializer, content);
      return new Packet(serializer.identifier(), manifest, serialization.serialize(content).get());
    }

    /** As that node reads it. */
    Object on(SimulatedNode to) {
      var serialization = SerializationExtension.get(to.classic());
      return serialization.deserialize(bytes, serializer, manifest).get();
    }
  }

  SimulatedNetwork(SimulatedCluster cluster, long seed) {
    this.cluster = cluster;
    this.chance = new RandomStreams(seed, "network");
  }

  /**
   * Sends a copy of a message.
   *
   * @param origin whom it is for; empty when only the message may say it
   * @param arrives what happens to it there, if it gets there
   */
  void send(
      SimulatedNode from,
      String to,
      String origin,
      Object message,
      BiConsumer<SimulatedNode, Object> arrives) {
    if (from.name().equals(to)) {
      arrives.accept(from, message);
      return;
    }
    var packet = Packet.of(from, message);
    var sent = cluster.world().now();
    var luck = cluster.luck();
    if (luck.strikes(Fault.MESSAGE_LOST)) {
      note(from, to, origin, message, () -> "is lost");
      return;
    }
    var copies = luck.strikes(Fault.MESSAGE_TWICE) ? 2 : 1;
    for (var copy = 0; copy < copies; copy++) {
      var late = luck.strikes(Fault.MESSAGE_LATE);
      if (copy > 0) {
        note(from, to, origin, message, () -> "is sent twice");
      }
      var takes =
          late
              ? luck.between(Fault.MESSAGE_LATE, SLOWEST, Duration.ofSeconds(8))
              : chance.between(FASTEST, SLOWEST);
      if (late) {
        note(from, to, origin, message, () -> "arrives after " + TraceWords.of(takes));
      }
      cluster
          .world()
          .after(
              takes, () -> arrive(from.name(), to, () -> unpack(from, packet, to, sent, arrives)));
    }
  }

  private void note(
      SimulatedNode from, String to, String origin, Object message, Supplier<String> what) {
    cluster.note(() -> TraceWords.message(List.of(from.name(), to), origin, message, what.get()));
  }

  private void unpack(
      SimulatedNode from,
      Packet packet,
      String to,
      Instant sent,
      BiConsumer<SimulatedNode, Object> arrives) {
    cluster
        .node(to)
        .ifPresent(
            node ->
                node.process()
                    .run(
                        () -> {
                          var copy = packet.on(node);
                          cluster.doors().arrives(from, node, copy, sent);
                          arrives.accept(node, copy);
                        }));
  }

  private void arrive(String from, String to, Runnable delivery) {
    var waiting = held.get(link(from, to));
    if (waiting != null) {
      waiting.add(delivery);
    } else {
      delivery.run();
    }
  }

  /** Nothing arrives, in either direction, until it is let go. */
  public void hold(String one, String other) {
    noteLink(one, other, "held");
    held.putIfAbsent(link(one, other), new ArrayList<>());
  }

  public void letGo(String one, String other) {
    var waiting = held.remove(link(one, other));
    if (waiting != null) {
      noteLink(one, other, "let go");
      waiting.forEach(Runnable::run);
    }
  }

  private void noteLink(String one, String other, String what) {
    cluster.note(
        () -> new TraceLine(List.of(one, other), "", "", "has the link to " + other + " " + what));
  }

  void letAllGo() {
    var all = List.copyOf(held.values());
    held.clear();
    all.forEach(waiting -> waiting.forEach(Runnable::run));
  }

  private static String link(String one, String other) {
    return one.compareTo(other) < 0 ? one + " " + other : other + " " + one;
  }
}
