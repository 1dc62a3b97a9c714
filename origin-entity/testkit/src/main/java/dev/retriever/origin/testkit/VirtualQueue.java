package dev.retriever.origin.testkit;

import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.core.Choice;
import dev.retriever.origin.queue.core.KeyId;
import dev.retriever.origin.queue.core.Now;
import dev.retriever.origin.queue.core.OriginId;
import dev.retriever.origin.queue.core.Scheduler;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Granted.Grant;
import dev.retriever.origin.queue.wire.Told;
import dev.retriever.origin.queue.wire.Told.How;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One queue in virtual time: it takes in what the origin tells, and grants. */
final class VirtualQueue {
  /** How much longer than its time an attempt that was given up may run. */
  private static final Duration LINGER = Duration.ofSeconds(20);

  private final String name;
  private final EventQueue time;
  private final Function<List<Grant>, Optional<Map<Grant, Why>>> origin;
  private final Scheduler scheduler;
  private QueueSettings settings;

  /** The attempts that run, by the numbers of their grants, and when their time is up. */
  private final Map<Long, Instant> running = new HashMap<>();

  private Told latest;
  private Set<KeyId> held = new HashSet<>();
  private long granted;
  private boolean looks;
  private Optional<Instant> lookAt = Optional.empty();

  VirtualQueue(
      String name,
      QueueSettings settings,
      EventQueue time,
      Function<List<Grant>, Optional<Map<Grant, Why>>> origin) {
    this.name = name;
    this.settings = settings;
    this.time = time;
    this.origin = origin;
    this.scheduler = new Scheduler(settings, now());
  }

  void configure(QueueSettings its) {
    settings = its;
    scheduler.configure(its, now());
    lookSoon();
  }

  /** The origin recovers: what it does not state now is over. */
  void recovers(Runnable states) {
    var before = latest;
    states.run();
    if (before != null && before == latest) {
      told(
          new Told(
              name,
              before.originType(),
              before.originId(),
              before.tenant(),
              before.row() + 1,
              before.telling(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              0));
    }
  }

  void told(Told told) {
    latest = told;
    var from = new OriginId(told.originType(), told.originId());
    scheduler.told(from, told.tenant(), told.row(), told.lines(), now());
    told.uses().forEach(use -> runs(use, told.tenant()));
    told.ended().forEach(this::ended);
    var uses = told.uses().stream().map(use -> use.lease().grantNo()).collect(Collectors.toSet());
    // The end of an attempt is not told when the origin crashes after it; its row says it is over.
    List.copyOf(running.keySet()).stream().filter(it -> !uses.contains(it)).forEach(this::over);
    keys(told, from);
    lookSoon();
  }

  private void runs(Told.Use use, String tenant) {
    running.put(use.lease().grantNo(), use.timeUp());
    scheduler.running(use.lease(), new KeyId(tenant, use.key()), now());
  }

  private void ended(Told.Ended end) {
    var number = end.lease().grantNo();
    scheduler.ended(number, end.how(), end.status(), 0, now());
    var timeUp = running.remove(number);
    if (timeUp != null && (end.how() == How.LOST || end.how() == How.CANCELLED)) {
      time.at(timeUp.plus(LINGER), () -> freed(number));
    }
    end.retryAfter()
        .filter(until -> end.status().filter(it -> it == 429 || it == 503).isPresent())
        .ifPresent(until -> hold(end, until));
  }

  private void over(long number) {
    running.remove(number);
    freed(number);
  }

  private void freed(long number) {
    scheduler.free(number, now());
    lookSoon();
  }

  private void hold(Told.Ended end, Instant until) {
    var rule = settings.retryAfter();
    var latest = time.now().plus(rule.max());
    var bounded = until.isAfter(latest) ? latest : until;
    switch (rule.scope()) {
      case QUEUE -> scheduler.hold(bounded, now());
      case KEY -> scheduler.hold(new KeyId(OWN_TENANT, end.key()), bounded, now());
      case FETCH -> {}
    }
  }

  /** Test kits run origins of one tenant. */
  private static final String OWN_TENANT = "default";

  private void keys(Told told, OriginId from) {
    var now = new HashSet<KeyId>();
    told.held().forEach(it -> now.add(new KeyId(told.tenant(), it.key())));
    held.stream().filter(key -> !now.contains(key)).forEach(it -> scheduler.freed(it, from, now()));
    now.forEach(key -> scheduler.held(key, from, now()));
    held = now;
  }

  private void lookSoon() {
    if (!looks) {
      looks = true;
      time.at(time.now(), this::look);
    }
  }

  private void look() {
    looks = false;
    var choices = scheduler.decide(granted + 1, Granted.MOST, now()).choices();
    if (!choices.isEmpty()) {
      granted += choices.size();
      grant(choices.stream().map(this::grant).toList());
      lookSoon();
    }
    scheduler.nextLook(now()).ifPresent(this::lookLater);
  }

  private void lookLater(long micros) {
    var at = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    var next = at.isAfter(time.now()) ? at : time.now().plusMillis(1);
    if (lookAt.filter(it -> !it.isAfter(next) && it.isAfter(time.now())).isEmpty()) {
      lookAt = Optional.of(next);
      time.at(next, this::lookSoon);
    }
  }

  private Grant grant(Choice choice) {
    return new Grant(choice.lease(name), choice.line().key(), choice.line().priority());
  }

  private void grant(List<Grant> grants) {
    var unused = origin.apply(grants);
    for (var grant : grants) {
      var number = grant.lease().grantNo();
      // After a crash, what it told then says whether the attempt began.
      var begun = running.containsKey(number);
      unused
          .map(all -> Optional.ofNullable(all.get(grant)))
          .orElse(begun ? Optional.empty() : Optional.of(Why.STALE))
          .ifPresent(why -> scheduler.returned(number, why, now()));
    }
  }

  private Now now() {
    return new Now(ChronoUnit.MICROS.between(Instant.EPOCH, time.now()), time.now());
  }
}
