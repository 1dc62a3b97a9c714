package dev.retriever.origin.entity;

import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.Input;
import dev.retriever.origin.entity.OriginCommand.Crowded;
import dev.retriever.origin.entity.OriginCommand.Idle;
import dev.retriever.origin.entity.OriginCommand.ReportArrived;
import dev.retriever.origin.entity.OriginCommand.RoomMade;
import dev.retriever.origin.entity.OriginCommand.Stop;
import dev.retriever.origin.entity.OriginCommand.TimerFired;
import dev.retriever.origin.entity.OriginCommand.Unheard;
import dev.retriever.origin.entity.OriginCommand.Wake;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Heard;
import dev.retriever.origin.queue.wire.PurgeUpTo;
import dev.retriever.origin.queue.wire.Restate;
import dev.retriever.origin.queue.wire.Revoke;
import dev.retriever.origin.queued.GoOnPurging;
import dev.retriever.origin.queued.LookAfterQueues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;

/** All messages that an origin is sent, and who handles each. */
final class Messages {
  /** It never touches the users' state, so one serves origins of all types. */
  private static final Table<Object> TABLE = table();

  private Messages() {}

  @SuppressWarnings("unchecked")
  static <S> Table<S> ofOrigins() {
    return (Table<S>) TABLE;
  }

  private static <S> Table<S> table() {
    // Every message of another type is a command of the users.
    var table = new Table<S>(OriginEntity::onCommand);
    inputs(table);
    Questions.addTo(table);
    queues(table);
    return table
        .on(OriginEntity.Again.class, OriginEntity::onAgain)
        .on(Wake.class, OriginEntity::onWake)
        .on(Parcels.Offer.class, OriginEntity::onOffer)
        .on(Idle.class, OriginEntity::onIdle)
        .on(Crowded.class, OriginEntity::onCrowded)
        .on(Stop.class, (origin, state, it) -> origin.stop(state));
  }

  /** The messages that may change the origin. */
  private static <S> void inputs(Table<S> table) {
    table
        .on(OriginCommand.OnFetch.class, OriginEntity::onFetch)
        .on(
            OriginCommand.Decided.class,
            (origin, state, it) -> origin.answered(state, it.answering()))
        .on(ReportArrived.class, OriginEntity::onReport)
        .on(
            OriginCommand.Overwritten.class,
            (origin, state, it) ->
                origin.take(state, new Input.Overwritten(it.fetchId(), it.row())))
        .on(Unheard.class, OriginEntity::onUnheard)
        .on(TimerFired.class, (origin, state, it) -> origin.fireDue(state).thenNoReply())
        .on(RoomMade.class, OriginEntity::onRoomMade)
        .on(OriginCommand.RedriveCause.class, OriginEntity::onRedriveCause)
        .on(
            OriginCommand.KnownAgain.class,
            (origin, state, it) -> origin.take(state, new Input.RedriveCauses(it.causes())));
  }

  private static <S> void queues(Table<S> table) {
    table
        .on(Granted.class, (origin, state, it) -> origin.queues().granted(state, it, origin))
        .on(LookAfterQueues.class, (origin, state, it) -> origin.queues().look(state, origin))
        .on(Heard.class, (origin, state, it) -> origin.queues().heard(state, it, origin))
        .on(Revoke.class, (origin, state, it) -> origin.queues().revoke(state, it, origin))
        .on(Restate.class, (origin, state, it) -> origin.queues().restate(state, it, origin))
        .on(PurgeUpTo.class, (origin, state, it) -> origin.queues().purge(state, it, origin))
        .on(GoOnPurging.class, (origin, state, it) -> origin.queues().purgePart(state, it, origin));
  }

  /**
   * Which method of an origin handles which message. One table serves all origins, since one in
   * each would take more than two kilobytes of it. Thread-safe once it is filled.
   */
  static final class Table<S> {
    /** Handles the messages of one type. */
    interface Handler<S, C> {
      ReplyEffect<Object, FullState<S>> handle(
          OriginEntity<S> origin, FullState<S> state, C message);
    }

    private record Row<S>(Class<?> type, Handler<S, Object> handler) {}

    private final List<Row<S>> rows = new ArrayList<>();
    private final Handler<S, Object> others;

    /** There are as many types as classes of messages. */
    private final Map<Class<?>, Handler<S, Object>> known = new ConcurrentHashMap<>();

    /**
     * @param others handles what is of no type of the table
     */
    Table(Handler<S, Object> others) {
      this.others = others;
    }

    /** Messages of that type, and of types below it, unless an earlier row has them. */
    <C> Table<S> on(Class<C> type, Handler<S, C> handler) {
      rows.add(
          new Row<>(
              type, (origin, state, message) -> handler.handle(origin, state, type.cast(message))));
      return this;
    }

    ReplyEffect<Object, FullState<S>> handle(
        OriginEntity<S> origin, FullState<S> state, Object message) {
      var handler = known.get(message.getClass());
      if (handler == null) {
        handler = find(message.getClass());
        known.put(message.getClass(), handler);
      }
      return handler.handle(origin, state, message);
    }

    private Handler<S, Object> find(Class<?> type) {
      return rows.stream()
          .filter(row -> row.type().isAssignableFrom(type))
          .map(Row::handler)
          .findFirst()
          .orElse(others);
    }
  }
}
