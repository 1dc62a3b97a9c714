package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Plot;
import java.util.List;

/**
 * What a report is written to, part by part. Texts may have {@code **bold**}, {@code `code`} and
 * {@code [links](#to-headings)}; nothing else in them has a meaning.
 */
interface Pages {
  /**
   * @param level 1 for the title
   */
  void heading(int level, String text);

  void paragraph(String text);

  /** Where figures are from, in small letters. */
  void small(String text);

  void bullets(List<String> texts);

  /**
   * @param rows a number, a text or null for each head; numbers stand to the right
   */
  void table(List<String> heads, List<List<Object>> rows);

  /**
   * @param file its name in the directory of plots
   * @param plots drawn below each other
   */
  void picture(String file, List<Plot> plots);

  /** The anchor of a heading, as Markdown makes it of letters, digits, dashes and spaces. */
  static String anchor(String heading) {
    return heading
        .toLowerCase(java.util.Locale.ROOT)
        .replaceAll("[^a-z0-9 -]", "")
        .replace(' ', '-');
  }
}
