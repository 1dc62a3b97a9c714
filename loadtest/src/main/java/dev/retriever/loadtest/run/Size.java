package dev.retriever.loadtest.run;

import dev.retriever.loadtest.result.Planned;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A number that scales a scenario.
 *
 * @param name as it is given on the command line
 * @param full by default
 * @param quick with {@code --quick}
 * @param min inclusive
 * @param max inclusive
 * @param planned what the plan of its scenario asks for
 */
public record Size(String name, int full, int quick, int min, int max, Planned planned) {
  private static final int FETCHES_MAX = 1_000_000;
  private static final int CONCURRENCY_MAX = 20_000;

  /** One whose full size is that of the plan. */
  public Size(String name, int full, int quick, int min, int max) {
    this(name, full, quick, min, max, Planned.atLeast(full));
  }

  /** The same where the plan asks for something else. */
  public Size planned(Planned asked) {
    return new Size(name, full, quick, min, max, asked);
  }

  /** A size from 1 to a million, as most scenarios have for fetches and origins. */
  public static Size of(String name, int full, int quick) {
    return new Size(name, full, quick, 1, FETCHES_MAX);
  }

  public static Size fetches(int full, int quick) {
    return of("fetches", full, quick);
  }

  public static Size origins(int full, int quick) {
    return of("origins", full, quick);
  }

  public static Size concurrency(int full, int quick) {
    return new Size("concurrency", full, quick, 1, CONCURRENCY_MAX);
  }

  public static Size seconds(String name, int full, int quick) {
    return new Size(name, full, quick, 0, 7 * 24 * 3_600);
  }

  /** The size that its plan asks for, or more. */
  public int ofPlan() {
    return Math.min(planned.most(), Math.max(planned.least(), full));
  }

  int value(boolean quickly) {
    return quickly ? quick : full;
  }

  /** Returns the value, or throws with its limits. */
  public int checked(int value) throws WrongSize {
    if (value < min || value > max) {
      throw new WrongSize("--%s must be %d to %d, not %d".formatted(name, min, max, value));
    }
    return value;
  }

  public static Size named(List<Size> sizes, String name) throws WrongSize {
    return sizes.stream()
        .filter(size -> size.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new WrongSize(unknown(sizes, name)));
  }

  private static String unknown(List<Size> sizes, String name) {
    var there = sizes.stream().map(Size::name).distinct().collect(Collectors.joining(", "));
    return "nothing that is to be run has a size \"%s\"; %s"
        .formatted(name, there.isEmpty() ? "it has none" : "there is " + there);
  }

  /** A size on the command line is unknown or out of range. */
  public static final class WrongSize extends Exception {
    private static final long serialVersionUID = 1L;

    WrongSize(String why) {
      super(why);
    }
  }
}
