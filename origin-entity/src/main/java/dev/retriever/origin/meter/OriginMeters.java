package dev.retriever.origin.meter;

import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/** The meter of an actor system. Without one, nothing is measured. Thread-safe. */
public final class OriginMeters implements Extension {
  private static final ExtensionId<OriginMeters> ID = new Id();

  private volatile OriginMeter meter = OriginMeter.NONE;

  private OriginMeters() {}

  private static final class Id extends ExtensionId<OriginMeters> {
    @Override
    public OriginMeters createExtension(ActorSystem<?> system) {
      return new OriginMeters();
    }
  }

  private static OriginMeters get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /** Sets the meter of the origins that are started later. */
  public static void set(ActorSystem<?> system, OriginMeter meter) {
    get(system).meter = meter;
  }

  /** The meter that was set last; {@link OriginMeter#NONE} if none was. */
  public static OriginMeter of(ActorSystem<?> system) {
    return get(system).meter;
  }
}
