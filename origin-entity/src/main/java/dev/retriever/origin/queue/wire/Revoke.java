package dev.retriever.origin.queue.wire;

import java.util.List;

/** Those grants are to come back, unless an attempt has begun with them. Answered by a Told. */
public record Revoke(String queue, List<Long> grantNos) implements OriginMessage {}
