package dev.retriever.origin;

import dev.retriever.executor.Body;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;

/**
 * Messages that would hold up others between nodes. The ordinary lane takes messages to 256 KiB;
 * what is larger than a quarter of that goes straight to the origin's actor, on the lane of the
 * setting {@code pekko.remote.artery.large-message-destinations}.
 */
final class Large {
  private static final long FROM = 64 * 1024;

  /** A report that is not delivered by then is sent again anyway. */
  private static final Duration LOCATING = Duration.ofSeconds(5);

  private Large() {}

  static boolean is(Report report) {
    return report
        .<Optional<Response>>fold(
            answered -> Optional.of(answered.response()),
            notSent -> Optional.empty(),
            ambiguous -> ambiguous.partial())
        .filter(r -> r.body().size() + size(r.headers()) > FROM)
        .isPresent();
  }

  static boolean is(FetchSpec spec) {
    var request = spec.request();
    return request.body().map(Body::size).orElse(0)
            + size(request.headers())
            + request.url().length()
        > FROM;
  }

  private static long size(List<Header> headers) {
    return headers.stream().mapToLong(h -> h.name().length() + h.value().length()).sum();
  }

  /** Asks over the ordinary lane where the origin is, which also makes it recover. */
  static CompletionStage<ActorRef<Object>> locate(EntityRef<Object> origin) {
    return Stages.sameThread(
        origin
            .<OriginReply.Located>ask(OriginCommand.Locate::new, LOCATING)
            .thenApply(OriginReply.Located::origin));
  }
}
