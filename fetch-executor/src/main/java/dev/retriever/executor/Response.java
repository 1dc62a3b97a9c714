package dev.retriever.executor;

import java.util.List;
import java.util.Optional;

/**
 * What a target answered: any status is an answer. Immutable.
 *
 * @param status as received
 * @param headers as received, in their order and with repetitions
 * @param body as received: still compressed, if the request asked for that
 */
public record Response(int status, List<Header> headers, Body body) {
  public Response {
    headers = List.copyOf(headers);
  }

  /** Whether the status is one of success: 200 to 299. */
  public boolean successful() {
    return status >= 200 && status <= 299;
  }

  /** The value of the first header of that name, in upper or lower case, if there is one. */
  public Optional<String> header(String name) {
    return headers.stream().filter(h -> h.named(name)).map(Header::value).findFirst();
  }

  /**
   * The body without its {@code Content-Encoding}: gzip, deflate, or none. A request that wants one
   * says so with an {@code Accept-Encoding} of its own. The body is kept as it came, and nothing is
   * decoded before this is called.
   *
   * @param limit most bytes it may have then: a small body may have become large. Up to three times
   *     as many are in memory meanwhile. Nor may it have more than {@link Decoded#MOST_GROWTH}
   *     times as many as came, {@link Decoded#FREE_GROWTH} aside
   * @return why not, when it would have more, is encoded in another way, is damaged, or not whole
   */
  public Decoded decodedBody(int limit) {
    return ContentCoding.undone(this, limit);
  }
}
