package dev.retriever.executor.parcel;

import dev.retriever.executor.parcel.ParcelMessage.Contents;
import dev.retriever.executor.parcel.ParcelMessage.Piece;
import dev.retriever.executor.parcel.ParcelMessage.Pull;
import dev.retriever.executor.parcel.ParcelMessage.Pulled;
import dev.retriever.executor.parcel.Parcels.Offer;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.serialization.SerializationExtension;

/**
 * Pulls one message piece by piece. It stops when it has delivered the message, or when the sender
 * has not answered for too long.
 */
final class Puller extends AbstractBehavior<Puller.Command> {
  /** The messages of this actor. */
  interface Command {}

  /** No piece has come for {@code silence}. */
  private enum Silence implements Command {
    INSTANCE
  }

  private final ParcelSettings settings;
  private final Offer offer;
  private final Consumer<Object> deliver;
  private final Runnable ended;
  private final TimerScheduler<Command> timers;
  private Optional<Assembly> assembly = Optional.empty();
  private int asked;

  /**
   * @param deliver receives the message
   * @param ended runs once at the end, in any case
   */
  static Behavior<Command> create(
      ParcelSettings settings, Offer offer, Consumer<Object> deliver, Runnable ended) {
    return Behaviors.setup(
        ctx ->
            Behaviors.withTimers(
                timers -> new Puller(ctx, timers, settings, offer, deliver, ended)));
  }

  private Puller(
      ActorContext<Command> ctx,
      TimerScheduler<Command> timers,
      ParcelSettings settings,
      Offer offer,
      Consumer<Object> deliver,
      Runnable ended) {
    super(ctx);
    this.timers = timers;
    this.settings = settings;
    this.offer = offer;
    this.deliver = deliver;
    this.ended = ended;
    ctx.setLoggerName(Puller.class);
    ask();
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Piece.class, this::onPiece)
        .onMessage(Silence.class, silence -> onSilence())
        .onSignal(PostStop.class, stopped -> onStopped())
        .build();
  }

  private void ask() {
    asked++;
    timers.startSingleTimer(Silence.INSTANCE, settings.silence());
    var next = assembly.map(Assembly::next).orElse(0);
    offer.from().tell(new Pull(next, getContext().getSelf()));
  }

  private Behavior<Command> onPiece(Piece piece) {
    if (assembly.isEmpty()) {
      if (isMoreThanOffered(piece.contents())) {
        return Behaviors.stopped();
      }
      assembly = Optional.of(new Assembly(piece.contents()));
    }
    var soFar = assembly.get();
    if (!soFar.add(piece)) {
      return this;
    }
    if (soFar.isComplete()) {
      finish(soFar, piece.contents());
      return Behaviors.stopped();
    }
    asked = 0;
    ask();
    return this;
  }

  /** Refuses a message that is much larger than its offer, for which room was reserved. */
  private boolean isMoreThanOffered(Contents contents) {
    if (contents.size() <= 2 * offer.size() + settings.piece()) {
      return false;
    }
    getContext()
        .getLog()
        .error(
            "{} has {} bytes, but {} were offered; the message is dropped",
            offer.id(),
            contents.size(),
            offer.size());
    return true;
  }

  private void finish(Assembly complete, Contents contents) {
    if (!complete.isIntact()) {
      getContext()
          .getLog()
          .error("{} arrived with a wrong checksum; the message is dropped", offer.id());
      return;
    }
    offer.from().tell(new Pulled());
    var read =
        SerializationExtension.get(getContext().getSystem())
            .deserialize(complete.bytes(), contents.serializer(), contents.manifest());
    if (read.isFailure()) {
      getContext()
          .getLog()
          .error(
              "{} cannot be read as {}; the message is dropped",
              offer.id(),
              contents.manifest(),
              read.failed().get());
      return;
    }
    deliver.accept(read.get());
  }

  private Behavior<Command> onSilence() {
    if (asked >= settings.tries()) {
      getContext().getLog().info("{} is no longer pulled: its sender does not answer", offer.id());
      return Behaviors.stopped();
    }
    ask();
    return this;
  }

  private Behavior<Command> onStopped() {
    ended.run();
    return this;
  }
}
