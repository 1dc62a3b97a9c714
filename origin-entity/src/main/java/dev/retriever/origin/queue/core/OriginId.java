package dev.retriever.origin.queue.core;

/** An origin. Immutable. */
public record OriginId(String type, String id) implements Comparable<OriginId> {
  @Override
  public int compareTo(OriginId other) {
    int byType = type.compareTo(other.type);
    return byType != 0 ? byType : id.compareTo(other.id);
  }
}
