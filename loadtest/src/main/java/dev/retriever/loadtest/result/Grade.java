package dev.retriever.loadtest.result;

/** What a measure comes to: kept or not, or how far it is above what is the least. */
public enum Grade {
  FAILED("FAILED", false),
  BELOW_MINIMUM("below minimum", false),
  MINIMUM("minimum", true),
  PRODUCTION("production", true),
  BATTLE_TESTED("battle-tested", true),
  KEPT("kept", true),
  /** A speed that was measured in too short a time. */
  NOT_JUDGED("not judged", true);

  private final String words;
  private final boolean enough;

  Grade(String words, boolean enough) {
    this.words = words;
    this.enough = enough;
  }

  public String words() {
    return words;
  }

  boolean enough() {
    return enough;
  }

  /** The lesser of both. */
  Grade and(Grade other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /**
   * What a measure is to reach. At the target it is fit for production, at twice as good it is
   * battle-tested, at what is acceptable it is the minimum.
   *
   * @param moreIsBetter as with rates; with times less is
   */
  public record Bar(double target, double acceptable, boolean moreIsBetter) {
    public static Bar atLeast(double target, double acceptable) {
      return new Bar(target, acceptable, true);
    }

    public static Bar atMost(double target, double acceptable) {
      return new Bar(target, acceptable, false);
    }

    /** A measure that could not be taken is below all. */
    Grade of(double measured) {
      if (Double.isNaN(measured)) {
        return BELOW_MINIMUM;
      }
      if (reaches(measured, moreIsBetter ? target * 2 : target / 2)) {
        return BATTLE_TESTED;
      }
      if (reaches(measured, target)) {
        return PRODUCTION;
      }
      return reaches(measured, acceptable) ? MINIMUM : BELOW_MINIMUM;
    }

    private boolean reaches(double measured, double bar) {
      return moreIsBetter ? measured >= bar : measured <= bar;
    }

    public String words() {
      var sign = moreIsBetter ? "≥ " : "≤ ";
      return sign + Figure.text(target) + " (minimum " + Figure.text(acceptable) + ")";
    }
  }
}
