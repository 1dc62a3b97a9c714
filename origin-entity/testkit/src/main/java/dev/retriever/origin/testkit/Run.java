package dev.retriever.origin.testkit;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.origin.Notice;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.UnhandledView;
import dev.retriever.origin.UnserializableContext;
import dev.retriever.origin.manual.ManualEffects;
import dev.retriever.origin.manual.ManualNode;
import dev.retriever.origin.manual.ManualOrigin;
import dev.retriever.origin.queue.wire.Granted.Grant;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An origin and its surroundings: journal, executors and time. Drives the origin as {@code
 * OriginEntity} does in production, and checks the invariants after each write.
 */
final class Run<C, E, S> {
  private static final Logger LOG = LoggerFactory.getLogger(OriginTestKit.class);
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  /** A longer journal is replayed only after the last write of a call, to save time. */
  private static final int REPLAYED_AT_EVERY_WRITE = 1000;

  final EventQueue time = new EventQueue(START);
  final Scripts scripts = new Scripts();
  final Crashes crashes = new Crashes();
  final StoredRows journal = new StoredRows();
  private final Copies copies = new Copies();
  final VirtualExecutors executors;
  final VirtualQueues queues;
  private final ManualNode node;
  private final ManualEffects effects = new Effects();
  private final Map<Notice, Long> notices = new EnumMap<>(Notice.class);
  private Origin<C, E, S> definition;
  private ManualOrigin<C, E, S> origin;

  /** When the alarms are to fire; a timer for another time does nothing. */
  private Optional<Instant> armedFor = Optional.empty();

  /** The address that waits for a reply, and the reply. */
  private Optional<ActorRef<?>> asking = Optional.empty();

  private Optional<Object> reply = Optional.empty();

  Run(Origin<C, E, S> definition, String originId) {
    this.definition = definition;
    this.executors =
        new VirtualExecutors(
            time,
            SharedSystem.poolsSettings(),
            new ScriptedTransport(scripts, time),
            this::report,
            this::roomMade);
    this.queues = new VirtualQueues(time, this::grant);
    this.node =
        new ManualNode(
            "origin",
            originId,
            SharedSystem.originSettings(),
            executors,
            new CheckedStorage(copies, journal),
            queues,
            () -> 0.5);
    recover();
  }

  ManualOrigin<C, E, S> origin() {
    return origin;
  }

  /** Gives the origin an input, and runs everything that is due. */
  void input(Consumer<ManualOrigin<C, E, S>> input) {
    take(input);
    settle();
  }

  void tell(Object command) {
    var copy = command(command);
    input(it -> it.command(copy, time.now()));
  }

  /** Sends the command that is made with an address, and gives the reply to that address. */
  <R> Object ask(Function<ActorRef<R>, ? extends C> command) {
    ActorRef<R> address = SharedSystem.address();
    asking = Optional.of(address);
    reply = Optional.empty();
    try {
      var asked = command.apply(address);
      tell(asked);
      return reply.orElseThrow(
          () ->
              new NoReply(
                  "the %s got no reply. Let its handler call thenReply(command.replyTo(), …), or use tell. If a crash was scripted, the reply was lost with it: ask again"
                      .formatted(asked.getClass().getSimpleName())));
    } finally {
      asking = Optional.empty();
      SharedSystem.forget(address);
    }
  }

  @SuppressWarnings("unchecked") // it is a copy
  private C command(Object command) {
    return (C) copies.copy("command", command);
  }

  void mustBeUnhandled(Predicate<UnhandledView> wanted, String what) {
    if (origin.unhandled().stream().noneMatch(wanted)) {
      throw new AssertionError(
          "nothing is unhandled of %s; what is unhandled is %s"
              .formatted(what, origin.unhandled()));
    }
  }

  void advanceTo(Instant target) {
    time.runUntil(target);
    check();
  }

  private void settle() {
    advanceTo(time.now());
  }

  private void check() {
    scripts.throwUnscripted();
    checkReplay();
  }

  /** The origin recovers from its journal. */
  void recoverWith(Origin<C, E, S> code) {
    definition = code;
    origin.drop();
    recover();
    settle();
  }

  private void recover() {
    var rows = journal.all().stream().map(row -> copies.copy("event", row)).toList();
    try {
      origin = ManualOrigin.recover(definition, node, rows);
    } catch (IllegalStateException e) {
      throw new AssertionError(e.getMessage(), e);
    }
    armedFor = Optional.empty();
    queues.recovers(() -> origin.tellQueues(time.now()));
    var recovered = origin;
    // After a crash meanwhile, the next origin takes up the rest.
    while (recovered == origin && origin.takeUp(time.now())) {
      write();
    }
    arm();
  }

  /** Whether the origin survived it. */
  private boolean take(Consumer<ManualOrigin<C, E, S>> input) {
    try {
      input.accept(origin);
    } catch (UnserializableContext e) {
      throw new AssertionError(e.getMessage(), e);
    }
    return write();
  }

  private boolean write() {
    var rows = origin.rows();
    var crash = rows.isEmpty() ? Optional.<Crashes.Side>empty() : crashes.atThisWrite();
    if (!crash.equals(Optional.of(Crashes.Side.BEFORE))) {
      store(rows);
    }
    if (crash.isPresent()) {
      origin.drop();
      recover();
      return false;
    }
    origin.commit(effects);
    if (!rows.isEmpty() && journal.size() <= REPLAYED_AT_EVERY_WRITE) {
      checkReplay();
    }
    arm();
    return true;
  }

  private void store(List<Object> rows) {
    journal.write(rows);
    for (var row : rows) {
      if (row instanceof FetchSettled settled) {
        executors.givenUp(settled.fetchId());
      } else if (row instanceof AttemptEnded ended && !ended.heard()) {
        executors.givenUp(ended.fetchId());
      }
    }
  }

  /** Does what {@code AfterCommit} does for an origin that is an actor. */
  private final class Effects implements ManualEffects {
    @Override
    public void dispatch(AttemptKey key, FetchRequest request, Duration timeout) {
      executors.dispatch(key, request, timeout);
    }

    @Override
    public void abort(AttemptKey key) {
      executors.abort(key);
    }

    @Override
    public void note(Notice notice) {
      notices.merge(notice, 1L, Long::sum);
    }

    @Override
    public void handlerFailed(String key, Optional<RuntimeException> thrown) {
      var failure = thrown.orElse(null);
      if (failure instanceof UnserializableContext) {
        throw new AssertionError(failure.getMessage(), failure);
      }
      LOG.warn("The continuation of {} failed; kit.unhandled() has it", key, failure);
    }

    @Override
    public void reply(ActorRef<?> to, Object message) {
      send(to, copies.copy("reply", message));
    }
  }

  private <R> void send(ActorRef<R> to, Object message) {
    if (asking.filter(to::equals).isPresent()) {
      reply = reply.or(() -> Optional.of(message));
    } else {
      @SuppressWarnings("unchecked") // it is a copy of what was meant for it
      var typed = (R) message;
      to.tell(typed);
    }
  }

  private void report(AttemptKey key, Report report) {
    if (take(it -> it.report(key, report, time.now()))) {
      executors.acknowledged(key);
    }
  }

  /** What the origin does not use; empty when it crashed. */
  private Optional<Map<Grant, Why>> grant(List<Grant> grants) {
    var unused = new AtomicReference<Map<Grant, Why>>();
    var survived = take(it -> unused.set(it.use(grants, time.now())));
    return survived ? Optional.of(unused.get()) : Optional.empty();
  }

  private void roomMade() {
    if (origin.awaitsRoom()) {
      take(it -> it.fire(time.now()));
    }
  }

  private void arm() {
    origin
        .nextAlarm(time.now())
        .filter(next -> armedFor.isEmpty() || next.isBefore(armedFor.get()))
        .ifPresent(
            next -> {
              armedFor = Optional.of(next);
              time.at(next, () -> fire(next));
            });
  }

  private void fire(Instant at) {
    if (armedFor.equals(Optional.of(at))) {
      armedFor = Optional.empty();
      take(it -> it.fire(time.now()));
    }
  }

  private void checkReplay() {
    S replayed;
    try {
      replayed = origin.replayed(journal.all());
    } catch (IllegalStateException e) {
      throw new AssertionError(e.getMessage(), e);
    }
    if (!Copies.same(origin.state(), replayed)) {
      throw new AssertionError(
          "the journal of %d rows gives another state when it is replayed: the origin has %s, the journal gives %s. Let apply(…) make a new state of its arguments alone, and change none"
              .formatted(journal.size(), origin.state(), replayed));
    }
  }

  long noticed(Notice notice) {
    return notices.getOrDefault(notice, 0L);
  }
}
