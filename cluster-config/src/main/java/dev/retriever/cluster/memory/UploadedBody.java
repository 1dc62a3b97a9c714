package dev.retriever.cluster.memory;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemHandlers;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.Futures;
import dev.retriever.executor.memory.ByteGrant;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.RequestEntity;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;

/**
 * The body of a request while it is read, up to a limit and as far as there is memory for it. Bytes
 * beyond that are read and forgotten, up to a second limit. If the connection were closed while the
 * client still sends, it would be reset, and many clients would never see the answer.
 */
public final class UploadedBody {
  private static final long READ_BEYOND = 16 << 20;
  private static final byte[] NOTHING = {};

  /**
   * Limits of reading.
   *
   * @param size in bytes, inclusive
   * @param time in which all of it must have come
   */
  public record Limits(long size, Duration time) {}

  private final long limit;
  private final ByteGrant memory;
  private byte[] kept = NOTHING;
  private long size;
  private boolean refused;

  private UploadedBody(long limit, ByteGrant memory) {
    this.limit = limit;
    this.memory = memory;
  }

  /**
   * Reads it. Fails with the problem to answer with.
   *
   * @param memory that the body was admitted with: its length, if it announced one
   */
  public static CompletionStage<InputStream> of(
      RequestEntity entity, Limits limits, ByteGrant memory, ActorSystem<?> system) {
    var announced = entity.getContentLengthOption().orElse(0);
    checkLength(announced, limits.size());
    var body = new UploadedBody(limits.size(), memory);
    if (announced > 0 && announced <= limits.size()) {
      body.kept = new byte[(int) announced]; // exactly the length of the body
    }
    return body.read(entity, limits, system)
        .thenApply(
            whole -> {
              if (body.refused) {
                throw Admission.refusal();
              }
              if (body.size > limits.size()) {
                throw ProblemHandlers.tooLarge().found();
              }
              return new ByteArrayInputStream(body.kept, 0, (int) body.size);
            });
  }

  /** Reads a body that was not admitted, and keeps nothing of it. Fails as {@link #of}. */
  public static CompletionStage<InputStream> refused(
      RequestEntity entity, Limits limits, Problem.Found why, ActorSystem<?> system) {
    checkLength(entity.getContentLengthOption().orElse(0), limits.size());
    return new UploadedBody(-1, null)
        .read(entity, limits, system)
        .thenApply(
            over -> {
              throw why;
            });
  }

  private static void checkLength(long announced, long limit) {
    if (announced > limit + READ_BEYOND) {
      throw ProblemHandlers.tooLarge().found();
    }
  }

  private CompletionStage<?> read(RequestEntity entity, Limits limits, ActorSystem<?> system) {
    var all =
        entity
            .withoutSizeLimit()
            .getDataBytes()
            .completionTimeout(limits.time())
            .map(this::sizeWith)
            .takeWhile(sum -> sum <= limits.size() + READ_BEYOND)
            .runWith(Sink.ignore(), system);
    return Futures.sameThread(all)
        .exceptionally(
            failure -> {
              throw problem(failure).found();
            });
  }

  /**
   * The number of bytes so far. Pieces are copied, because each may keep its whole buffer in
   * memory.
   */
  private long sizeWith(ByteString piece) {
    size += piece.size();
    if (size > limit || refused) {
      kept = NOTHING;
    } else if (makesRoom()) {
      piece.copyToArray(kept, (int) size - piece.size(), piece.size());
    } else {
      refused = true;
      kept = NOTHING;
    }
    return size;
  }

  private boolean makesRoom() {
    if (size <= kept.length) {
      return true;
    }
    var wanted = Math.min(limit, Math.max(size, 2L * kept.length));
    if (!Admission.grows(memory, wanted)) {
      return false;
    }
    kept = Arrays.copyOf(kept, (int) wanted);
    return true;
  }

  private static Problem problem(Throwable failure) {
    var cause = failure.getCause() == null ? failure : failure.getCause();
    return cause instanceof TimeoutException
        ? Problem.of(ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time.")
        : ProblemHandlers.problem(cause);
  }
}
