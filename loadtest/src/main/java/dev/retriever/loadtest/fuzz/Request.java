package dev.retriever.loadtest.fuzz;

/**
 * A request as bytes.
 *
 * @param number in its run, to repeat it
 * @param kind how it was made, for the counts
 * @param isOfManagement whether it is for that port
 * @param method empty if the bytes are no HTTP with a method that is known
 * @param bytes all of it
 */
record Request(
    int number, String kind, boolean isOfManagement, String method, String target, byte[] bytes) {
  private static final int SHOWN = 100;

  boolean isHttp() {
    return !method.isEmpty();
  }

  /** For a line of the result. */
  String inShort() {
    var shown = target.substring(0, Math.min(target.length(), SHOWN)).replaceAll("[^!-~]", "?");
    return "request " + number + " (" + kind + ") " + method + " " + shown;
  }

  @Override
  public String toString() {
    var text =
        new String(
            bytes, 0, Math.min(bytes.length, 300), java.nio.charset.StandardCharsets.ISO_8859_1);
    return "request " + number + " (" + kind + ") " + text.replace("\r\n", "\u21b5");
  }
}
