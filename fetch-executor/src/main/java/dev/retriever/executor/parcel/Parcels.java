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
 * Messages that are too large for one hop between nodes. Their sender keeps them and sends an
 * {@link Offer} in their place; whoever is told the offer {@link #take takes} it, and gets the
 * message later as if it had come directly: pulled in pieces from another node, as it is on the
 * same one.
 *
 * <p>As with any message, that may fail silently: repeat what matters. What is pulled at a time is
 * bounded by {@code retriever.executor.parcels}. Thread-safe; one for each actor system.
 */
public final class Parcels implements Extension {
  private static final Logger LOG = LoggerFactory.getLogger(Parcels.class);
  private static final ExtensionId<Parcels> ID = new Id();
  private static final String PULLER = "pulls-";

  /** A header is an object in CBOR, with the names of its two fields. */
  private static final int SPELT_OUT = 20;

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

  /** Those of that actor system. */
  public static Parcels get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /**
   * Sent in the place of a message, to be given to {@link #take}.
   *
   * @param id names the message in the whole cluster
   * @param size of the message in bytes, about
   */
  public record Offer(String id, long size, ActorRef<Parcel.Command> from)
      implements ParcelMessage {}

  /**
   * What to send in the place of a message that is sent again until acknowledged: an offer, or the
   * message itself if it is small.
   *
   * @param id the same with each repetition, so that it is pulled by one receiver once at a time
   * @param size of the message in bytes: not less than half of what it is when serialized
   */
  public Object packed(String id, Object message, long size) {
    return isLarge(size) ? new Offer(id, size, spawn(message, () -> {})) : message;
  }

  /**
   * What to send in the place of a message that is sent once: an offer, or the message itself if it
   * is small.
   *
   * @param size of the message in bytes: not less than half of what it is when serialized
   * @param undelivered run in another thread when it is sure that the message was not delivered and
   *     will not be, because there was no room or nobody pulled it; must not block. A small message
   *     that is lost is not noticed
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

  /** About how many bytes a request has between nodes. */
  public static long size(FetchRequest request) {
    return request.body().map(Body::size).orElse(0)
        + size(request.headers())
        + request.url().length();
  }

  /** About how many bytes a report has between nodes. */
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
        .mapToLong(h -> h.name().length() + h.value().length() + SPELT_OUT)
        .sum();
  }

  /**
   * Gets what was offered to the actor, and tells it. A message from another node is pulled by a
   * child, which ends with the actor. An offer is ignored while its message is being pulled here,
   * and refused when as much is pulled as may be. To be called by the actor itself.
   *
   * @param type of the message; one of another type is dropped, with an error in the log
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
          "{} is refused: {} bytes of others are under way", offer.id(), stats().pulledBytes());
      refused.increment();
      offer.from().tell(new Refused());
      return;
    }
    actor.spawn(Puller.create(settings, offer, deliver, () -> release(offer.size())), name);
  }

  /** Whether the actor has a message under way to it. To be called by the actor itself. */
  public boolean isPulling(ActorContext<?> actor) {
    return pulledBy(actor) > 0;
  }

  private static long pulledBy(ActorContext<?> actor) {
    return actor.getChildren().stream()
        .filter(child -> child.path().name().startsWith(PULLER))
        .count();
  }

  /** Whatever its size, a message that would be alone has room. */
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

  /** A reading of what is and was pulled to this node. */
  public synchronized Stats stats() {
    return new Stats(pulled, refused.sum());
  }

  /**
   * What is and was pulled to a node.
   *
   * @param pulledBytes of the messages that are under way now
   * @param refused messages that were refused because too much was under way, since the start
   */
  public record Stats(long pulledBytes, long refused) {}
}
