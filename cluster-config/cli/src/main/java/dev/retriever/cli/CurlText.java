package dev.retriever.cli;

import dev.retriever.client.wire.SentRequest;

/**
 * A request as a command for curl, with the name of a variable in place of the key. The shell gives
 * its value to curl on standard input, because others of the machine see arguments.
 */
final class CurlText {
  /** Ends a command when its first request has been printed, before it is sent. */
  static final class Printed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Printed() {
      super("printed", null, false, false);
    }
  }

  private CurlText() {}

  static String of(SentRequest request) {
    var text = new StringBuilder("curl");
    if (!request.method().equals("GET")) {
      text.append(" -X ").append(request.method());
    }
    text.append(' ').append(quoted(request.uri().toString()));
    request
        .headers()
        .forEach((name, value) -> text.append(" \\\n  -H ").append(quoted(name + ": " + value)));
    request
        .body()
        .ifPresent(
            body ->
                text.append(
                        request.headers().containsKey("Content-Type")
                            ? ""
                            : " \\\n  -H 'Content-Type: application/json'")
                    .append(" \\\n  --data-raw ")
                    .append(quoted(body)));
    if (request.hasKey()) {
      text.append(" \\\n  -H @- <<END\nAuthorization: Bearer $RETRIEVER_KEY\nEND");
    }
    return text.toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
