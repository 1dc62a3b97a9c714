package dev.retriever.origin.simulation;

import java.util.List;

/**
 * One thing that happened.
 *
 * @param nodes where it did; none when it concerns all
 * @param origin whom it is about; empty when it is about nodes alone
 * @param thing the fetch or alarm that it is about; empty when it is about all of the origin
 */
record Line(List<String> nodes, String origin, String thing, String text) {
  static Line ofAll(String text) {
    return new Line(List.of(), "", "", text);
  }

  static Line ofNode(String node, String text) {
    return new Line(List.of(node), "", "", text);
  }

  static Line ofOrigin(String node, String origin, String text) {
    return new Line(List.of(node), origin, "", text);
  }

  static Line ofThing(String node, String origin, String thing, String text) {
    return new Line(List.of(node), origin, thing, text);
  }

  /** Whether it is about nodes, or everything, and no origin in particular. */
  boolean isOfNodes() {
    return origin.isEmpty();
  }
}
