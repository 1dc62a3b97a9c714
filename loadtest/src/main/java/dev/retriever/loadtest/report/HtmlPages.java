package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Figure;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultText;
import java.util.List;

/** Writes a report as one HTML file with its plots, without scripts and without other files. */
final class HtmlPages implements Pages {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>What the load tests have measured</title>
      <style>
      body{font:15px/1.5 sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;
      color:#24292f;background:#fff}
      h1,h2,h3{line-height:1.2}h2{border-bottom:1px solid #d0d7de;padding-bottom:.2em}
      h2,h3{margin-top:2em}
      .wide{overflow-x:auto}table{border-collapse:collapse;margin:1em 0;font-size:13px}
      th,td{border:1px solid #d0d7de;padding:.25em .6em;text-align:left;vertical-align:top}
      th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}th{background:#f6f8fa}
      small{color:#57606a}svg{max-width:100%;height:auto;display:block;margin:1em 0}
      a{color:#0969da}code{background:#f6f8fa;padding:0 .2em}
      .bad{color:#cf222e}
      @media (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}
      h2,th,td{border-color:#30363d}th,code{background:#161b22}small{color:#8d96a0}a{color:#58a6ff}
      .bad{color:#ff7b72}}
      """;

  /** Verdicts that are shown in red. */
  private static final List<String> BAD = List.of("missed", "FAILED", "below minimum");

  private final StringBuilder html = new StringBuilder();

  HtmlPages() {
    html.append(HEAD).append(SvgText.STYLE).append("</style>\n</head>\n<body>\n");
  }

  @Override
  public void heading(int level, String text) {
    html.append(
        "<h%d id=\"%s\">%s</h%d>%n".formatted(level, Pages.anchor(text), inline(text), level));
  }

  @Override
  public void paragraph(String text) {
    html.append("<p>").append(inline(text)).append("</p>\n");
  }

  @Override
  public void small(String text) {
    html.append("<p><small>").append(inline(text)).append("</small></p>\n");
  }

  @Override
  public void bullets(List<String> texts) {
    if (!texts.isEmpty()) {
      html.append("<ul>\n");
      texts.forEach(each -> html.append("<li>").append(inline(each)).append("</li>\n"));
      html.append("</ul>\n");
    }
  }

  @Override
  public void table(List<String> heads, List<List<Object>> rows) {
    html.append("<div class=\"wide\"><table>\n<tr>");
    for (var i = 0; i < heads.size(); i++) {
      cell("th", ResultText.isText(rows, i), heads.get(i));
    }
    html.append("</tr>\n");
    for (var row : rows) {
      html.append("<tr>");
      for (var i = 0; i < row.size(); i++) {
        cell("td", ResultText.isText(rows, i), Figure.text(row.get(i)));
      }
      html.append("</tr>\n");
    }
    html.append("</table></div>\n");
  }

  private void cell(String tag, boolean text, String words) {
    var bad = BAD.contains(words.replace("*", "")) ? "<span class=\"bad\">%s</span>" : "%s";
    html.append("<%s%s>".formatted(tag, text ? "" : " class=\"n\""))
        .append(bad.formatted(inline(words)))
        .append("</%s>".formatted(tag));
  }

  @Override
  public void picture(String file, List<Plot> plots) {
    // The page has the style already.
    var svg = SvgPlot.of(plots);
    var style = svg.indexOf("<style>");
    html.append(svg, 0, style)
        .append(svg.substring(svg.indexOf("</style>") + "</style>\n".length()));
  }

  /** Bold words, code and links; everything else is text. */
  private static String inline(String text) {
    return SvgText.escaped(text)
        .replaceAll("\\*\\*([^*]+)\\*\\*", "<strong>$1</strong>")
        .replaceAll("`([^`]+)`", "<code>$1</code>")
        .replaceAll("\\*([^*]+)\\*", "<em>$1</em>")
        .replaceAll("\\[([^\\]]+)\\]\\((#[^)\"]+)\\)", "<a href=\"$2\">$1</a>")
        // Other files are not with this one.
        .replaceAll("\\[([^\\]]+)\\]\\([^)]+\\)", "$1");
  }

  @Override
  public String toString() {
    return html + "</body>\n</html>\n";
  }
}
