package dev.retriever.cluster;

import dev.retriever.executor.Stages;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.RequestEntity;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;

/**
 * Takes the body of a request, up to a limit. What comes beyond it is read as well, up to a second
 * limit, and forgotten: a connection that is closed on a caller who still sends is reset, and then
 * many never see the answer that says why.
 */
record UploadedBody(ByteString kept, long size) {
  private static final long READ_BEYOND = 16 << 20;

  /** Fails with the problem to answer with. */
  static CompletionStage<byte[]> of(
      RequestEntity entity, long limit, Duration time, ActorSystem<?> system) {
    if (entity.getContentLengthOption().orElse(0) > limit + READ_BEYOND) {
      throw ProblemHandlers.tooLarge().found();
    }
    if (entity instanceof HttpEntity.Strict whole && whole.getData().size() <= limit) {
      return CompletableFuture.completedFuture(whole.getData().toArray());
    }
    var body =
        entity
            .withoutSizeLimit()
            .getDataBytes()
            .completionTimeout(time)
            .scan(
                new UploadedBody(ByteString.emptyByteString(), 0),
                (soFar, next) -> soFar.plus(next, limit))
            .takeWhile(soFar -> soFar.size <= limit + READ_BEYOND, true)
            .runWith(Sink.last(), system);
    return Stages.sameThread(body)
        .handle(
            (whole, failure) -> {
              if (failure != null) {
                throw problem(failure).found();
              }
              if (whole.size > limit) {
                throw ProblemHandlers.tooLarge().found();
              }
              return whole.kept.toArray();
            });
  }

  private UploadedBody plus(ByteString next, long limit) {
    var sum = size + next.size();
    return new UploadedBody(sum > limit ? ByteString.emptyByteString() : kept.concat(next), sum);
  }

  private static Problem problem(Throwable failure) {
    var cause = failure.getCause() == null ? failure : failure.getCause();
    return cause instanceof TimeoutException
        ? Problem.of(ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time.")
        : ProblemHandlers.problem(cause);
  }
}
