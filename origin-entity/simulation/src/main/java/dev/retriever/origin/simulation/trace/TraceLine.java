package dev.retriever.origin.simulation.trace;

import java.util.List;

/**
 * One thing that happened.
 *
 * @param nodes where it did; none when it concerns all
 * @param origin whom it is about; empty when it is about nodes alone
 * @param thing the fetch or alarm that it is about; empty when it is about all of the origin
 */
public record TraceLine(List<String> nodes, String origin, String thing, String text) {
  public static TraceLine ofAll(String text) {
    return new TraceLine(List.of(), "", "", text);
  }

  public static TraceLine ofNode(String node, String text) {
    return new TraceLine(List.of(node), "", "", text);
  }

  public static TraceLine ofOrigin(String node, String origin, String text) {
    return new TraceLine(List.of(node), origin, "", text);
  }

  public static TraceLine ofThing(String node, String origin, String thing, String text) {
    return new TraceLine(List.of(node), origin, thing, text);
  }

  /** Whether it is about nodes, or everything, and no origin in particular. */
  boolean isOfNodes() {
    return origin.isEmpty();
  }
}
