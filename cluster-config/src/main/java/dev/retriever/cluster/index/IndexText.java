package dev.retriever.cluster.index;

/** Texts as both databases take them: a write of the journal must not fail for the index. */
final class IndexText {
  private static final int LONGEST_REASON = 64;

  private IndexText() {}

  /** PostgreSQL refuses texts with the character 0, which ids of library users may have. */
  static String of(String text) {
    return text.indexOf('\0') < 0 ? text : text.replace('\0', '\ufffd');
  }

  static String reason(String reason) {
    var text = of(reason);
    return text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) : text;
  }
}
