package dev.retriever.loadtest.result;

/** The grade of a measure: kept or not, or how far it is above the minimum. */
public enum Grade {
  FAILED("FAILED", false),
  BELOW_MINIMUM("below minimum", false),
  MINIMUM("minimum", true),
  PRODUCTION("production", true),
  BATTLE_TESTED("battle-tested", true),
  KEPT("kept", true),
  /** A speed that was measured over too short a time. */
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

  public boolean enough() {
    return enough;
  }

  /** The lesser of both. */
  public Grade and(Grade other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /**
   * The thresholds of a measure: <em>production</em> at the target, <em>battle-tested</em> at twice
   * as good, <em>minimum</em> at what is acceptable.
   *
   * @param moreIsBetter true for rates, false for times
   */
  public record Bar(double target, double acceptable, boolean moreIsBetter) {
    public static Bar atLeast(double target, double acceptable) {
      return new Bar(target, acceptable, true);
    }

    public static Bar atMost(double target, double acceptable) {
      return new Bar(target, acceptable, false);
    }

    /** The grade of a value; NaN is below the minimum. */
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
