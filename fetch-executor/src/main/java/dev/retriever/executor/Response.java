package dev.retriever.executor;

import java.util.List;
import java.util.Optional;

/** What a target answered: any status is an answer. Headers keep their order and repetitions. */
public record Response(int status, List<Header> headers, Body body) {
  public Response {
    headers = List.copyOf(headers);
  }

  /** Whether the status is one of success: 200 to 299. */
  public boolean successful() {
    return status >= 200 && status <= 299;
  }

  /** The first header of that name, if any. */
  public Optional<String> header(String name) {
    return headers.stream().filter(h -> h.named(name)).map(Header::value).findFirst();
  }
}
