package dev.retriever.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.result.Plot;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class SvgPlotTest {
  private static Plot lines() {
    var plot = Plot.lines("p", "a < b & c", Plot.log("at once"), Plot.axis("ms"));
    plot.add("local").addAll(List.of(new Plot.Point(10, 100), new Plot.Point(1_000, 300)));
    plot.add("remote").add(new Plot.Point(100, Double.NaN));
    return plot;
  }

  private static org.w3c.dom.Document parsed(Plot plot) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(SvgPlot.of(plot))));
  }

  @Test
  void a_plot_is_well_formed_small_and_the_same_each_time() throws Exception {
    assertThat(parsed(lines()).getElementsByTagName("circle").getLength()).isEqualTo(2);
    assertThat(SvgPlot.of(lines())).isEqualTo(SvgPlot.of(lines())).hasSizeLessThan(6_000);
    assertThat(SvgPlot.of(lines())).contains("a &lt; b &amp; c").doesNotContain("NaN");
  }

  @Test
  void bars_stand_beside_each_other_over_their_labels() throws Exception {
    var plot = Plot.bars("b", "bars", Plot.axis("1/s"), List.of("one", "ten"));
    plot.add("h2", List.of(1.0, 2.0)).add("postgres", List.of(3.0, 4.0));

    // The ground and four bars; the legend has lines.
    assertThat(parsed(plot).getElementsByTagName("rect").getLength()).isEqualTo(5);
  }

  @Test
  void a_plot_of_nothing_is_drawn_all_the_same() throws Exception {
    assertThat(parsed(Plot.lines("n", "none", Plot.log("x"), Plot.log("y")))).isNotNull();
  }

  @Test
  void a_linear_scale_begins_at_nothing_and_ends_at_a_round_value() {
    var scale = Scale.of(List.of(12.0, 87.0), false);

    assertThat(scale.marks()).containsExactly(0.0, 20.0, 40.0, 60.0, 80.0, 100.0);
    assertThat(scale.at(50)).isEqualTo(0.5);
  }

  @Test
  void a_logarithmic_scale_has_the_powers_of_ten() {
    var scale = Scale.of(List.of(60.0, 10_000.0), true);

    assertThat(scale.marks()).containsExactly(10.0, 100.0, 1_000.0, 10_000.0);
    assertThat(scale.at(10)).isZero();
    assertThat(scale.at(0)).as("what has no logarithm").isZero();
    assertThat(scale.at(10_000)).isEqualTo(1.0);
  }

  @Test
  void equal_values_have_a_scale() {
    assertThat(Scale.of(List.of(0.0, 0.0), false).marks()).contains(0.0, 1.0);
    assertThat(Scale.of(List.of(100.0), true).marks()).containsExactly(100.0, 1_000.0);
  }

  @Test
  void a_plot_has_the_colours_of_light_and_of_dark_pages() {
    assertThat(SvgPlot.of(lines())).contains("prefers-color-scheme:dark", "class=\"s0\"");
  }

  @Test
  void what_has_no_logarithm_is_left_out_of_a_logarithmic_plot() throws Exception {
    var plot = Plot.lines("p", "p", Plot.log("ms"), Plot.log("$"));
    plot.add("direct").addAll(List.of(new Plot.Point(0, 600), new Plot.Point(100, 900)));

    assertThat(parsed(plot).getElementsByTagName("circle").getLength()).isEqualTo(1);
  }

  @Test
  void marks_and_ideal_lines_are_drawn_and_named() {
    var plot = lines().mark(331, "break-even: 331 ms");
    plot.ideal("in proportion", List.of(new Plot.Point(10, 100), new Plot.Point(100, 1_000)));

    assertThat(SvgPlot.of(plot))
        .contains(">break-even: 331 ms<", ">in proportion<", "stroke-dasharray=\"6 4\"");
  }

  @Test
  void plots_of_a_stack_share_one_picture_and_one_x_axis() throws Exception {
    var heap = Plot.lines("heap", "Heap", Plot.axis("s"), Plot.axis("MiB")).in("over-time");
    heap.add("heap").addAll(List.of(new Plot.Point(0, 1), new Plot.Point(100, 2)));
    var open = Plot.lines("open", "Connections", Plot.axis("s"), Plot.axis("")).in("over-time");
    open.add("open").add(new Plot.Point(50, 10));

    var svg = SvgPlot.of(List.of(heap, open));

    assertThat(svg).contains(">Heap<", ">Connections<").contains("cx=\"377\"");
  }
}
