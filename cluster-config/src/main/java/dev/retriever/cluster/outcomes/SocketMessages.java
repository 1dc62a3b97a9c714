package dev.retriever.cluster.outcomes;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Reads messages of clients on WebSockets. The server limits neither the length of a message nor
 * its number of frames, so an endless message would fill the memory. The text is kept up to {@link
 * #LONGEST} characters and {@link #MOST_PARTS} parts. Further text is read and forgotten up to
 * {@link #DRAINED}; then reading fails, and the connection with it.
 */
final class SocketMessages {
  /** Ten times the longest useful message. */
  static final int LONGEST = 8 * 1024;

  static final int MOST_PARTS = 1_000;

  /** Bytes or characters of one message. */
  static final long DRAINED = 64 * 1024L;

  static final int ARRIVES_SECONDS = 5;

  private SocketMessages() {}

  /** The reason to close a connection whose client sends without end. */
  static final class Flood extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Flood(String what) {
      super(what, null, false, false);
    }
  }

  /** A message that has come: its text, or the reason why it is refused. */
  record Received(Optional<String> text, Optional<Problem> refusal) {
    private static Received refused(ProblemType type, String detail) {
      return new Received(Optional.empty(), Optional.of(Problem.of(type, detail)));
    }
  }

  /**
   * The message when it is complete, or when {@link #ARRIVES_SECONDS} are over.
   *
   * @param flood gets a {@link Flood} if the message does not end, also after it was refused as
   *     late
   */
  static CompletionStage<Received> read(
      Message message, CompletableFuture<?> flood, Materializer materializer) {
    var text = message.isText();
    return drained(message, text ? LONGEST : 0, materializer)
        .whenComplete(
            (arriving, failure) -> {
              if (failure != null) {
                flood.completeExceptionally(failure);
              }
            })
        .toCompletableFuture()
        .thenApply(arriving -> text ? arriving.received() : binary())
        .completeOnTimeout(late(), ARRIVES_SECONDS, TimeUnit.SECONDS);
  }

  /** Reads a message and forgets it; fails with a {@link Flood} if it does not end. */
  static CompletionStage<Message> passedOver(Message message, Materializer materializer) {
    return drained(message, 0, materializer).thenApply(arriving -> message);
  }

  private static CompletionStage<Arriving> drained(
      Message message, int longest, Materializer materializer) {
    return parts(message).runFold(new Arriving(longest), Arriving::plus, materializer);
  }

  /** Its text. Of a binary message only the lengths count. */
  private static Source<Part, NotUsed> parts(Message message) {
    if (message.isText()) {
      Source<String, ?> text = message.asTextMessage().getStreamedText();
      return text.map(it -> new Part(it, it.length()))
          .mapMaterializedValue(it -> NotUsed.getInstance());
    }
    return message
        .asBinaryMessage()
        .getStreamedData()
        .map(it -> new Part("", it.size()))
        .mapMaterializedValue(it -> NotUsed.getInstance());
  }

  private record Part(String text, int size) {}

  /** The part of a message that has come so far. */
  private static final class Arriving {
    private final StringBuilder text = new StringBuilder();
    private final int longest;
    private int parts;
    private long size;

    Arriving(int longest) {
      this.longest = longest;
    }

    Arriving plus(Part part) {
      parts++;
      size += part.size();
      if (size > DRAINED) {
        throw new Flood("a message is longer than " + DRAINED);
      }
      if (isTooLong()) {
        text.setLength(0);
      } else {
        text.append(part.text());
      }
      return this;
    }

    private boolean isTooLong() {
      return size > longest || parts > MOST_PARTS;
    }

    Received received() {
      return isTooLong()
          ? Received.refused(
              ProblemType.MESSAGE_TOO_LARGE,
              "A message must be at most %d characters, in at most %d frames."
                  .formatted(LONGEST, MOST_PARTS))
          : new Received(Optional.of(text.toString()), Optional.empty());
    }
  }

  private static Received binary() {
    return Received.refused(
        ProblemType.UNSUPPORTED_MESSAGE, "Only text messages are understood; send JSON as text.");
  }

  private static Received late() {
    return Received.refused(
        ProblemType.REQUEST_TIMEOUT,
        "The message did not arrive within " + ARRIVES_SECONDS + " seconds.");
  }
}
