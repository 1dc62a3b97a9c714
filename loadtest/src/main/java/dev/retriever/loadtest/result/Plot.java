package dev.retriever.loadtest.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Data of a diagram. Not thread-safe: series and marks are added while a run goes on.
 *
 * @param name part of its file name, in lower case, unique within the scenario
 * @param bars true for bars over the labels, false for lines through points
 * @param labels of the bars, from x = 0 on; empty for lines
 * @param marks moments and places that are named in the diagram
 * @param stack plots of a result with the same stack are drawn below each other over one x axis, in
 *     a file of this name; null to be drawn alone
 */
public record Plot(
    String name,
    String title,
    boolean bars,
    Axis x,
    Axis y,
    List<String> labels,
    List<Series> series,
    List<Mark> marks,
    String stack) {

  public Plot {
    marks = marks == null ? new ArrayList<>() : marks;
  }

  /**
   * @param label with the unit
   * @param log whether its scale is logarithmic; values of 0 and below are then left out
   */
  public record Axis(String label, boolean log) {}

  /**
   * @param ideal true for a bound or an ideal, which is drawn dashed
   */
  public record Series(String name, List<Point> points, boolean ideal) {}

  public record Point(double x, double y) {}

  /** A line at one x, with a text. */
  public record Mark(double x, String text) {}

  public static Axis axis(String label) {
    return new Axis(label, false);
  }

  public static Axis log(String label) {
    return new Axis(label, true);
  }

  public static Plot lines(String name, String title, Axis x, Axis y) {
    return new Plot(
        name, title, false, x, y, List.of(), new ArrayList<>(), new ArrayList<>(), null);
  }

  public static Plot bars(String name, String title, Axis y, List<String> labels) {
    return new Plot(
        name, title, true, axis(""), y, labels, new ArrayList<>(), new ArrayList<>(), null);
  }

  /** The same as one of several that are drawn below each other. */
  public Plot in(String stack) {
    return new Plot(name, title, bars, x, y, labels, series, marks, stack);
  }

  /** Adds a series; the caller fills the list while the run goes on. */
  public List<Point> add(String name) {
    var points = new ArrayList<Point>();
    series.add(new Series(name, points, false));
    return points;
  }

  /** A series of bars, one for each label. */
  public Plot add(String name, List<Double> heights) {
    var points = add(name);
    for (var i = 0; i < heights.size(); i++) {
      points.add(new Point(i, heights.get(i)));
    }
    return this;
  }

  /** Adds a dashed line: a bound that was measured in the same run, or an ideal. */
  public Plot ideal(String name, List<Point> points) {
    series.add(new Series(name, List.copyOf(points), true));
    return this;
  }

  /** Adds a line at this x, such as a kill or a break-even. */
  public Plot mark(double x, String text) {
    marks.add(new Mark(x, text));
    return this;
  }

  /** The file of it, or of its stack. */
  public String file() {
    return Optional.ofNullable(stack).orElse(name);
  }
}
