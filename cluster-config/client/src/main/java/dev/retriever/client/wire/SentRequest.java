package dev.retriever.client.wire;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * A request that is about to be sent, without its credential.
 *
 * @param headers without {@code Authorization}
 * @param hasKey whether a credential goes along
 * @param attempt 1 for the first try of a call, more for its repeats
 */
public record SentRequest(
    String method,
    URI uri,
    Map<String, String> headers,
    Optional<String> body,
    boolean hasKey,
    int attempt) {}
