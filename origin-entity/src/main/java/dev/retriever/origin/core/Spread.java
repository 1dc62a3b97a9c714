package dev.retriever.origin.core;

/** Numbers from [0, 1) that are well apart, so that the retries after one input do not bunch. */
final class Spread {
  private static final double GOLDEN = 0.6180339887498949;
  private final double first;
  private int given;

  Spread(double first) {
    this.first = first;
  }

  double next() {
    return (first + GOLDEN * given++) % 1;
  }
}
