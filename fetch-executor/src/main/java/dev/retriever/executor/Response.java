package dev.retriever.executor;

import java.util.List;
import java.util.Optional;

/**
 * The complete answer of a target, with any status. Immutable.
 *
 * @param status as received
 * @param headers as received, in order and with repetitions
 * @param body as received; still compressed if the request asked for compression
 */
public record Response(int status, List<Header> headers, Body body) {
  public Response {
    headers = List.copyOf(headers);
  }

  /** Whether the status is 200 to 299. */
  public boolean successful() {
    return status >= 200 && status <= 299;
  }

  /** The value of the first header with that name; case does not matter. */
  public Optional<String> header(String name) {
    return headers.stream().filter(h -> h.named(name)).map(Header::value).findFirst();
  }

  /**
   * Decodes the body by its {@code Content-Encoding}: gzip, deflate, or none. A request asks for
   * compression with its own {@code Accept-Encoding} header. The response keeps the body as
   * received; only this method decodes it.
   *
   * @param limit most bytes of the decoded body; decoding takes up to three times as much memory.
   *     The body may also grow by {@link Decoded#MOST_GROWTH} at most, beyond {@link
   *     Decoded#FREE_GROWTH}
   * @return the decoded body; or the reason, if it is too large, damaged, incomplete or coded in
   *     another way
   */
  public Decoded decodedBody(int limit) {
    return ContentCoding.undone(this, limit);
  }
}
