package dev.retriever.executor.parcel;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.parcel.ParcelMessage.Refused;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages that are too large for one hop between nodes. The sender keeps the message and
 * sends an {@link Offer} instead. The receiver {@link #take takes} the offer, and the message
 * arrives later like any other. Between nodes it is pulled in pieces; on the same node it is handed
 * over.
 *
 * <p>Delivery may fail silently, as with any message, so repeat what matters. {@code
 * retriever.executor.parcels} limits the bytes that are pulled at a time. Thread-safe; one for each
 * actor system.
 */
public final class Parcels implements Extension {
  private static final Logger LOG = LoggerFactory.getLogger(Parcels.class);
  private static final ExtensionId<Parcels> ID = new Id();
  private static final String PULLER = "pulls-";

  /** The bytes that CBOR adds to a header for the names of its two fields. */
  private static final int HEADER_OVERHEAD = 20;

  private final ActorSystem<?> system;
  private final ActorRefResolver addresses;
  private final ParcelSettings settings;
  private final AtomicLong made = new AtomicLong();
  private final LongAdder refused = new LongAdder();
  private final ByteAccount bulk;
  private long pulled;

  private Parcels(ActorSystem<?> system) {
    this.system = system;
    this.addresses = ActorRefResolver.get(system);
    this.bulk = MemoryBudget.get(system).account(MemoryBudget.Share.BULK);
    this.settings = ParcelSettings.from(system.settings().config(), bulk.limit() / 2);
  }

  private static final class Id extends ExtensionId<Parcels> {
    @Override
    public Parcels createExtension(ActorSystem<?> system) {
      return new Parcels(system);
    }
  }

  /** The instance of that actor system. */
  public static Parcels get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /**
   * Stands for a message; pass it to {@link #take}.
   *
   * @param id the name of the message, unique in the cluster
   * @param size the approximate size of the message in bytes
   */
  public record Offer(String id, long size, ActorRef<Parcel.Command> from)
      implements ParcelMessage {}

  /**
   * Packs a message that is sent again until it is acknowledged: into an offer, or unchanged if it
   * is small.
   *
   * @param id the same for each repetition, so that a receiver pulls it once at a time
   * @param size the size of the message in bytes; at least half of its serialized size
   */
  public Object packed(String id, Object message, long size) {
    return isLarge(size) ? new Offer(id, size, spawn(message, () -> {})) : message;
  }

  /**
   * Packs a message that is sent once: into an offer, or unchanged if it is small.
   *
   * @param size the size of the message in bytes; at least half of its serialized size
   * @param undelivered runs in another thread when the message will certainly not be delivered,
   *     because the receiver had no room or did not pull; must not block. The loss of a small
   *     message is not noticed
   */
  public Object packed(Object message, long size, Runnable undelivered) {
    if (!isLarge(size)) {
      return message;
    }
    var from = spawn(message, undelivered);
    return new Offer(addresses.toSerializationFormat(from), size, from);
  }

  private boolean isLarge(long size) {
    return size > settings.piece();
  }

  private ActorRef<Parcel.Command> spawn(Object message, Runnable undelivered) {
    var name = "retriever-parcel-" + made.incrementAndGet();
    return system.systemActorOf(Parcel.create(settings, message, undelivered), name, Props.empty());
  }

  /** The approximate size of a request between nodes, in bytes. */
  public static long size(FetchRequest request) {
    return request.body().map(Body::size).orElse(0)
        + size(request.headers())
        + request.url().length();
  }

  /** The approximate size of a report between nodes, in bytes. */
  public static long size(Report report) {
    return report
        .<Optional<Response>>fold(
            answered -> Optional.of(answered.response()),
            notSent -> Optional.empty(),
            ambiguous -> ambiguous.partial())
        .map(response -> response.body().size() + size(response.headers()))
        .orElse(0L);
  }

  private static long size(List<Header> headers) {
    return headers.stream()
        .mapToLong(h -> h.name().length() + h.value().length() + HEADER_OVERHEAD)
        .sum();
  }

  /**
   * Fetches the offered message and sends it to the actor. A child of the actor pulls a message
   * from another node. An offer is ignored while its message is being pulled, and refused when the
   * limit of bytes is reached. Only the actor itself may call this.
   *
   * @param type the type of the message; a message of another type is dropped with an error in the
   *     log
   */
  public <T> void take(ActorContext<T> actor, Class<T> type, Offer offer) {
    var self = actor.getSelf();
    Consumer<Object> deliver = message -> self.tell(type.cast(message));
    if (offer.from().path().address().hasLocalScope()) {
      offer.from().tell(new Parcel.HandOver(deliver));
    } else {
      pull(actor, offer, deliver);
    }
  }

  void pull(ActorContext<?> actor, Offer offer, Consumer<Object> deliver) {
    var name = PULLER + URLEncoder.encode(offer.id(), StandardCharsets.UTF_8);
    if (actor.getChild(name).isPresent()) {
      return;
    }
    if (pulledBy(actor) >= settings.pulledByOne() || !reserve(offer.size())) {
      LOG.debug(
          "{} refused: {} bytes of other messages are being pulled",
          offer.id(),
          stats().pulledBytes());
      refused.increment();
      offer.from().tell(new Refused());
      return;
    }
    actor.spawn(Puller.create(settings, offer, deliver, () -> release(offer.size())), name);
  }

  /** Whether a message is being pulled for the actor. Only the actor itself may call this. */
  public boolean isPulling(ActorContext<?> actor) {
    return pulledBy(actor) > 0;
  }

  private static long pulledBy(ActorContext<?> actor) {
    return actor.getChildren().stream()
        .filter(child -> child.path().name().startsWith(PULLER))
        .count();
  }

  /** Reserves room; a message of any size has room if no other is being pulled. */
  private synchronized boolean reserve(long bytes) {
    if (pulled > 0 && (pulled + bytes > settings.pulledBytes() || !bulk.fits(bytes))) {
      return false;
    }
    bulk.add(bytes);
    pulled += bytes;
    return true;
  }

  private void release(long bytes) {
    synchronized (this) {
      pulled -= bytes;
    }
    bulk.give(bytes);
  }

  /** The figures of this node. */
  public synchronized Stats stats() {
    return new Stats(pulled, refused.sum());
  }

  /**
   * Figures about pulled messages.
   *
   * @param pulledBytes bytes of the messages that are being pulled now
   * @param refused messages refused for want of room since the start
   */
  public record Stats(long pulledBytes, long refused) {}
}
