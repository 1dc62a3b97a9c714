package dev.retriever.executor.parcel;

import dev.retriever.executor.Body;
import dev.retriever.executor.parcel.ParcelMessage.Contents;
import dev.retriever.executor.parcel.ParcelMessage.Piece;
import dev.retriever.executor.parcel.ParcelMessage.Pull;
import dev.retriever.executor.parcel.ParcelMessage.Pulled;
import dev.retriever.executor.parcel.ParcelMessage.Refused;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;

/**
 * One large message, kept at its sender until the receiver has pulled it. It is serialized only
 * when a receiver on another node pulls it.
 */
final class Parcel extends AbstractBehavior<Parcel.Command> {
  /** The messages of this actor. */
  interface Command {}

  /** Hands the message object over to a receiver on the same node; never serialized. */
  record HandOver(Consumer<Object> to) implements Command, NoSerializationVerificationNeeded {}

  /** No receiver has pulled for {@code kept}; the message is dropped. */
  private enum Expired implements Command {
    INSTANCE
  }

  private record Packed(Contents contents, byte[] bytes) {}

  private final TimerScheduler<Command> timers;
  private final ParcelSettings settings;
  private final Object message;
  private final Runnable undelivered;
  private Optional<Packed> packed = Optional.empty();

  /** Whether the last byte was sent; before that, no receiver can have the whole message. */
  private boolean hasLeft;

  /**
   * @param undelivered runs at the end if the message was certainly not delivered
   */
  static Behavior<Command> create(ParcelSettings settings, Object message, Runnable undelivered) {
    return Behaviors.setup(
        ctx ->
            Behaviors.withTimers(
                timers -> new Parcel(ctx, timers, settings, message, undelivered)));
  }

  private Parcel(
      ActorContext<Command> ctx,
      TimerScheduler<Command> timers,
      ParcelSettings settings,
      Object message,
      Runnable undelivered) {
    super(ctx);
    this.timers = timers;
    this.settings = settings;
    this.message = message;
    this.undelivered = undelivered;
    ctx.setLoggerName(Parcel.class);
    keep();
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Pull.class, this::onPull)
        .onMessage(HandOver.class, this::onHandOver)
        .onMessage(Pulled.class, pulled -> Behaviors.stopped())
        .onMessage(Refused.class, refused -> Behaviors.stopped())
        .onMessage(Expired.class, expired -> Behaviors.stopped())
        .onSignal(PostStop.class, stopped -> onStopped())
        .build();
  }

  private void keep() {
    timers.startSingleTimer(Expired.INSTANCE, settings.kept());
  }

  private Behavior<Command> onHandOver(HandOver handOver) {
    hasLeft = true;
    handOver.to().accept(message);
    return Behaviors.stopped();
  }

  private Behavior<Command> onPull(Pull pull) {
    keep();
    var all = packed();
    var size = all.contents().size();
    if (pull.offset() < 0 || pull.offset() > size) {
      return this;
    }
    var end = Math.min(size, pull.offset() + settings.piece());
    hasLeft |= end == size;
    var bytes = new Body(Arrays.copyOfRange(all.bytes(), pull.offset(), end));
    pull.to().tell(new Piece(all.contents(), pull.offset(), bytes));
    return this;
  }

  /** Serializes the message once. A failure stops this actor and is logged. */
  private Packed packed() {
    if (packed.isEmpty()) {
      var serialization = SerializationExtension.get(getContext().getSystem());
      var serializer = serialization.findSerializerFor(message);
      var bytes = serialization.serialize(message).get();
      var manifest = Serializers.manifestFor(serializer, message);
      var contents =
          new Contents(bytes.length, Assembly.crc(bytes), serializer.identifier(), manifest);
      packed = Optional.of(new Packed(contents, bytes));
    }
    return packed.get();
  }

  private Behavior<Command> onStopped() {
    if (!hasLeft) {
      undelivered.run();
    }
    return this;
  }
}
