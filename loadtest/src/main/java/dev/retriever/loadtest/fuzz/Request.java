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
  boolean isHttp() {
    return !method.isEmpty();
  }

  @Override
  public String toString() {
    var text =
        new String(
            bytes, 0, Math.min(bytes.length, 300), java.nio.charset.StandardCharsets.ISO_8859_1);
    return "request " + number + " (" + kind + ") " + text.replace("\r\n", "\u21b5");
  }
}
