package dev.retriever.cluster.http;

import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/** Header lines of requests, by name. */
public final class RequestHeaders {
  private RequestHeaders() {}

  /** The values of each header line of that name, in their order. */
  public static List<String> named(HttpRequest request, String name) {
    return StreamSupport.stream(request.getHeaders().spliterator(), false)
        .filter(header -> header.lowercaseName().equals(name.toLowerCase(Locale.ROOT)))
        .map(HttpHeader::value)
        .toList();
  }
}
