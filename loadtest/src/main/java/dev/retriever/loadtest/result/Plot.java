package dev.retriever.loadtest.result;

import java.util.ArrayList;
import java.util.List;

/**
 * Data of a diagram.
 *
 * @param name part of its file name, in lower case, unique within the scenario
 * @param bars true for bars over the labels, false for lines through points
 * @param labels of the bars, from x = 0 on; empty for lines
 */
public record Plot(
    String name,
    String title,
    boolean bars,
    Axis x,
    Axis y,
    List<String> labels,
    List<Series> series) {

  /**
   * @param label with the unit
   * @param log whether its scale is logarithmic
   */
  record Axis(String label, boolean log) {}

  record Series(String name, List<Point> points) {}

  public record Point(double x, double y) {}

  public static Axis axis(String label) {
    return new Axis(label, false);
  }

  public static Axis log(String label) {
    return new Axis(label, true);
  }

  public static Plot lines(String name, String title, Axis x, Axis y) {
    return new Plot(name, title, false, x, y, List.of(), new ArrayList<>());
  }

  public static Plot bars(String name, String title, Axis y, List<String> labels) {
    return new Plot(name, title, true, axis(""), y, labels, new ArrayList<>());
  }

  /** Adds a series; the caller fills the list while the run goes on. */
  public List<Point> add(String name) {
    var points = new ArrayList<Point>();
    series.add(new Series(name, points));
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
}
