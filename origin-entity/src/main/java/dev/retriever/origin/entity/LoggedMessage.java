package dev.retriever.origin.entity;

import dev.retriever.executor.invocation.Invocation.Event;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.entity.OriginCommand.Await;
import dev.retriever.origin.entity.OriginCommand.Cancel;
import dev.retriever.origin.entity.OriginCommand.CancelAt;
import dev.retriever.origin.entity.OriginCommand.Crowded;
import dev.retriever.origin.entity.OriginCommand.Idle;
import dev.retriever.origin.entity.OriginCommand.KnownAgain;
import dev.retriever.origin.entity.OriginCommand.Read;
import dev.retriever.origin.entity.OriginCommand.Redrive;
import dev.retriever.origin.entity.OriginCommand.ReportArrived;
import dev.retriever.origin.entity.OriginCommand.RoomMade;
import dev.retriever.origin.entity.OriginCommand.Stop;
import dev.retriever.origin.entity.OriginCommand.Submit;
import dev.retriever.origin.entity.OriginCommand.TimerFired;
import dev.retriever.origin.entity.OriginCommand.Unheard;
import dev.retriever.origin.entity.OriginCommand.Wake;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Heard;
import dev.retriever.origin.queue.wire.Restate;
import dev.retriever.origin.queued.LookAfterQueues;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A message to an origin, as the invocation log names it. */
record LoggedMessage(Event event, String message, Optional<String> fetchId) {
  static final LoggedMessage RECOVERY = new LoggedMessage(Event.WAKE, "Recovery", Optional.empty());

  /**
   * Messages without a line: those with which an origin leaves memory, offers of parcels, and what
   * only keeps a queue up to date.
   */
  private static final Set<Class<?>> UNLOGGED =
      Set.of(
          Idle.class,
          Crowded.class,
          Stop.class,
          Parcels.Offer.class,
          Heard.class,
          LookAfterQueues.class);

  /** The kinds of messages; all others are commands. */
  private static final Map<Class<?>, Event> EVENTS =
      Map.of(
          ReportArrived.class, Event.REPORT,
          TimerFired.class, Event.ALARM,
          Wake.class, Event.WAKE,
          RoomMade.class, Event.WAKE,
          Unheard.class, Event.WAKE,
          KnownAgain.class, Event.WAKE,
          Granted.class, Event.WAKE,
          Restate.class, Event.WAKE);

  private static final Map<Class<?>, Function<Object, String>> FETCHES =
      Map.of(
          Submit.class, it -> ((Submit) it).fetchId(),
          Read.class, it -> ((Read) it).fetchId(),
          Await.class, it -> ((Await) it).fetchId(),
          Cancel.class, it -> ((Cancel) it).fetchId(),
          CancelAt.class, it -> ((CancelAt) it).fetchId(),
          Redrive.class, it -> ((Redrive) it).fetchId(),
          ReportArrived.class, it -> ((ReportArrived) it).report().key().fetchId());

  /** Empty for a message that gets no line. */
  static Optional<LoggedMessage> of(Object sent) {
    var message = sent instanceof OriginEntity.Again again ? again.message() : sent;
    var type = message.getClass();
    if (UNLOGGED.contains(type)) {
      return Optional.empty();
    }
    return Optional.of(
        new LoggedMessage(
            EVENTS.getOrDefault(type, Event.COMMAND),
            type.getSimpleName(),
            Optional.ofNullable(FETCHES.get(type)).map(fetch -> fetch.apply(message))));
  }
}
