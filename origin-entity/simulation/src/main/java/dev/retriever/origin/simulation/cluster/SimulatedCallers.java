package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Origins.Answer;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.simulation.callback.CallbackPlan;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.probe.LaterPlan;
import dev.retriever.origin.simulation.probe.ProbeOrigin;
import dev.retriever.origin.simulation.probe.Requests;
import dev.retriever.origin.simulation.queue.SimulatedOperators;
import dev.retriever.origin.simulation.schedules.SchedulePlan;
import dev.retriever.origin.simulation.trace.CoverageMark;
import dev.retriever.origin.simulation.trace.TraceWords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The callers: they submit fetches, repeat unanswered submissions, wait, read and cancel, each time
 * at any node, and record the answers.
 */
public final class SimulatedCallers implements Workload {
  /** The part of the fetches that have an origin of their own, where a fault waits for those. */
  private static final double ALONE = 0.4;

  /** A caller waits no longer for an answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private static final Duration RUSH = Duration.ofMillis(800);

  /** An origin has accepted its fetch, and waits for room, after that. */
  private static final Duration EVICTED = Duration.ofMillis(100);

  private final SimulatedCluster cluster;
  private final PromiseChecker promises;
  private final long seed;
  private final List<Errand> errands = new ArrayList<>();
  private int underWay;
  private int scheduling;
  private final SimulatedOperators operators;
  private final Set<String> acknowledged = new LinkedHashSet<>();
  private final LaterPlan later;
  private final CallbackPlan told;

  /** A fetch that somebody wants. What comes by chance does not change with what others want. */
  private final class Errand {
    private final RandomStreams chance;
    private final String originId;
    private final String fetchId;
    private final FetchSpec spec;
    private final boolean byCommand;
    private int tries;

    private Errand(
        RandomStreams chance, String originId, String fetchId, FetchSpec spec, boolean byCommand) {

      this.chance = chance;
      this.originId = originId;
      this.fetchId = fetchId;
      this.spec = spec;
      this.byCommand = byCommand;
    }

    private boolean isAccepted() {
      return promises.life(originId, fetchId).isPresent();
    }

    private Duration between(int least, int most) {
      return chance.between(Duration.ofSeconds(least), Duration.ofSeconds(most));
    }
  }

  public SimulatedCallers(SimulatedCluster cluster, PromiseChecker promises, long seed) {
    this.cluster = cluster;
    this.promises = promises;
    this.seed = seed;
    this.later = new LaterPlan(seed);
    this.told = new CallbackPlan(seed);
    this.operators = OperatorsOffice.operators(cluster);
  }

  /** So many fetches, at any time until then, and a few alarms. */
  public void begin(int fetches, int origins, Duration until) {
    operators.begin();
    new SchedulePlan(seed, cluster.world().now()).asks().forEach(this::schedule);
    for (var number = 1; number <= fetches; number++) {
      var chance = new RandomStreams(seed, "caller " + number);
      var shared = "o" + (1 + chance.below(origins));
      want(number, chance, isAlone(number) ? "s" + number : shared, until);
    }
  }

  private void want(int number, RandomStreams chance, String origin, Duration until) {
    var byCommand = chance.happens(0.5);
    var id = "f" + number + (byCommand && chance.happens(0.3) ? ProbeOrigin.FOLLOWED : "");
    var errand =
        new Errand(
            chance,
            origin,
            id,
            told.placed(number, later.placed(number, placed(number, Requests.any(chance, id)))),
            byCommand);
    errands.add(errand);
    underWay++;
    var begins = chance.between(Duration.ZERO, until);
    cluster.world().after(begins, () -> pursue(errand));
    later
        .moves(number, errand.spec)
        .ifPresent(it -> cluster.world().after(begins.plus(it.after()), () -> move(errand, it)));
    if (chance.happens(0.2)) {
      cluster.world().after(begins.plus(errand.between(0, 15)), () -> cancel(errand));
    }
    if (chance.happens(0.5)) {
      cluster.world().after(begins.plus(errand.between(0, 30)), () -> look(errand));
    }
    if (cluster.luck().isCalm()) {
      cluster.world().after(begins.plus(errand.between(0, 3)), () -> await(errand));
      cluster.world().after(begins.plus(errand.between(3, 20)), () -> await(errand));
    }
    if (chance.happens(0.1)) {
      cluster.world().after(begins.plus(errand.between(20, 30)), () -> confuseIfAccepted(errand));
    }
    if (chance.happens(0.3)) {
      var alarm = "a" + number;
      var delay = errand.between(1, 40);
      cluster.world().after(begins, () -> tell(errand, new ProbeOrigin.SetAlarm(alarm, delay)));
      if (chance.happens(0.3)) {
        cluster.world().after(begins.plus(errand.between(1, 20)), () -> takeBack(errand, alarm));
      }
    }
  }

  /** One request for a schedule after the other, each until it is answered. */
  private void schedule(SchedulePlan.Ask ask) {
    var chance = new RandomStreams(seed, "schedule asked " + ++scheduling);
    cluster.world().after(ask.after(), () -> sent(ask, chance));
  }

  private void sent(SchedulePlan.Ask ask, RandomStreams chance) {
    var answered = new AtomicBoolean();
    var nodes = cluster.nodes();
    if (!nodes.isEmpty()) {
      var node = chance.oneOf(nodes);
      node.process()
          .run(
              () ->
                  node.schedules()
                      .ask(ask.originId(), ask.request())
                      .thenAccept(
                          answer -> {
                            if (answered.compareAndSet(false, true)) {
                              scheduling--;
                            }
                          }));
    }
    cluster
        .world()
        .after(
            PATIENCE,
            () -> {
              if (answered.compareAndSet(false, true)) {
                sent(ask, chance);
              }
            });
  }

  /** The same fetch, which may go through a queue. */
  private FetchSpec placed(int number, FetchSpec spec) {
    return cluster.queues().placed(spec, new RandomStreams(seed, "queued " + number));
  }

  /** Whether that fetch has an origin of its own: a fault strikes at the first write of one. */
  private boolean isAlone(int number) {
    return cluster.isSpread()
        && cluster.luck().weight(Fault.REPLACED_AT_WRITE) > 0
        && new RandomStreams(seed, "alone " + number).happens(ALONE);
  }

  /**
   * Submits many long fetches at once, each of an origin of its own, shortly before the faults end.
   * Most of them wait for room when their nodes end or their origins leave memory, and no caller
   * reminds their origins.
   *
   * @param before so many fetches have smaller numbers
   */
  public void rush(int before, int count, Duration until) {
    for (var number = before + 1; number <= before + count; number++) {
      var chance = new RandomStreams(seed, "caller " + number);
      var id = "f" + number;
      var spec = placed(number, Requests.patient(id));
      var errand = new Errand(chance, "r" + number, id, spec, false);
      errands.add(errand);
      underWay++;
      var begins = until.minus(chance.between(Duration.ofMillis(20), RUSH));
      cluster.world().after(begins, () -> pursue(errand));
      if (chance.happens(0.5) && cluster.luck().weight(Fault.PASSIVATE) > 0) {
        var evicted = begins.plus(chance.between(EVICTED, EVICTED.multipliedBy(5)));
        cluster.world().after(evicted, () -> evict(errand.originId));
      }
    }
  }

  private void evict(String originId) {
    Optional.ofNullable(cluster.members().homes().get(originId))
        .flatMap(cluster::node)
        .ifPresent(
            node -> {
              cluster.luck().struck(Fault.PASSIVATE);
              node.evict(originId);
            });
  }

  /** Until it is accepted, and sometimes once more. */
  private void pursue(Errand errand) {
    if (errand.isAccepted() && (errand.tries > 0 && !errand.chance.happens(0.2))) {
      underWay--;
      return;
    }
    errand.tries++;
    if (errand.byCommand) {
      tell(errand, new ProbeOrigin.Ask(errand.fetchId, errand.spec));
    } else {
      submit(errand);
    }
    cluster.world().after(errand.between(3, 15), () -> pursue(errand));
  }

  /** Half of the origins are read from before they are told anything. */
  @Override
  public void comeAgain(int first, int fetches, Duration until) {
    errands.clear();
    var chance = new RandomStreams(seed, "again");
    var origins = cluster.store().origins();
    for (var number = first; number < first + fetches; number++) {
      want(number, new RandomStreams(seed, "caller " + number), chance.oneOf(origins), until);
    }
    for (var origin : origins) {
      if (chance.happens(0.5)) {
        cluster.world().after(chance.between(Duration.ZERO, until), () -> visit(chance, origin));
      }
    }
  }

  private void visit(RandomStreams chance, String originId) {
    var nodes = cluster.nodes();
    if (!nodes.isEmpty()) {
      chance.oneOf(nodes).lookFor(originId);
    }
  }

  private void tell(Errand errand, Object command) {
    onSomeNode(errand, node -> node.origins().tell(errand.originId, command));
  }

  private void takeBack(Errand errand, String alarm) {
    ask(
        errand,
        origins -> origins.cancelAlarm(errand.originId, alarm),
        (taken, failure) -> promises.saw(sightOf(failure)));
  }

  private static CoverageMark sightOf(Throwable failure) {
    return failure == null ? CoverageMark.ALARM_TAKEN_BACK : CoverageMark.CALLER_NOT_ANSWERED;
  }

  private void submit(Errand errand) {
    ask(
        errand,
        origins -> origins.submit(errand.originId, errand.fetchId, errand.spec),
        (answer, failure) -> submitted(errand, answer, failure));
  }

  private void submitted(Errand errand, Answer answer, Throwable failure) {
    told("submit", errand, answer, failure);
    if (answer == null) {
      return;
    }
    if (answer.verdict() == Verdict.ACCEPTED || answer.verdict() == Verdict.EXISTING) {
      promises.acknowledged(errand.originId, errand.fetchId);
      if (!acknowledged.add(errand.fetchId)) {
        promises.saw(CoverageMark.SUBMITTED_AGAIN);
      }
    }
  }

  private void confuseIfAccepted(Errand errand) {
    if (errand.isAccepted()) {
      confuse(errand);
    }
  }

  /** Something else under an id that is taken: it must change nothing. */
  private void confuse(Errand errand) {
    var other = Requests.followUp();
    ask(
        errand,
        origins -> origins.submit(errand.originId, errand.fetchId, other),
        (answer, failure) -> {
          if (answer != null && answer.verdict() == Verdict.ID_REUSED) {
            promises.saw(CoverageMark.ID_REUSED);
          }
        });
  }

  private void cancel(Errand errand) {
    cluster.feed().queues().operators().wantsCancelled(errand.originId, errand.fetchId);
    ask(
        errand,
        origins -> origins.cancel(errand.originId, errand.fetchId),
        (answer, failure) -> cancelled(errand, answer, failure));
  }

  private void cancelled(Errand errand, Answer answer, Throwable failure) {
    told("cancel", errand, answer, failure);
    if (answer != null
        && (answer.verdict() == Verdict.SETTLED || answer.verdict() == Verdict.SETTLED_OTHERWISE)) {
      var won = answer.verdict() == Verdict.SETTLED;
      promises.cancelled(errand.originId, errand.fetchId, won);
    }
  }

  private void move(Errand errand, LaterPlan.Move move) {
    ask(
        errand,
        origins -> move.asked(origins, errand.originId, errand.fetchId),
        (answer, failure) -> told("move", errand, answer, failure));
  }

  private void look(Errand errand) {
    look(errand, errand.chance.happens(0.5) ? Duration.ZERO : PATIENCE);
  }

  private void await(Errand errand) {
    look(errand, PATIENCE);
  }

  private void look(Errand errand, Duration wait) {
    var since = cluster.world().now();
    ask(
        errand,
        origins -> origins.await(errand.originId, errand.fetchId, wait),
        (answer, failure) -> looked(errand, since, answer, failure));
  }

  private void looked(Errand errand, Instant since, Answer answer, Throwable failure) {
    told("look", errand, answer, failure);
    if (failure == null && cluster.luck().isCalm()) {
      promises.at(cluster.world().now());
      promises.waited(errand.originId, errand.fetchId, since);
    }
  }

  private void told(String what, Errand errand, Answer answer, Throwable failure) {
    cluster.note(
        what.hashCode(),
        () -> TraceWords.told(what, errand.originId, errand.fetchId, answer, failure));
    if (failure != null) {
      promises.saw(CoverageMark.CALLER_NOT_ANSWERED);
    } else {
      answer.fetch().ifPresent(view -> promises.shown(errand.originId, errand.fetchId, view));
    }
  }

  private <T> void ask(
      Errand errand,
      Function<Origins<Object>, CompletionStage<T>> call,
      BiConsumer<T, Throwable> heard) {
    onSomeNode(errand, node -> call.apply(node.origins()).whenComplete(heard));
  }

  /** One that does not run does not answer either. */
  private void onSomeNode(Errand errand, Consumer<SimulatedNode> call) {
    var nodes = cluster.nodes();
    if (!nodes.isEmpty()) {
      var node = errand.chance.oneOf(nodes);
      node.process().run(() -> call.accept(node));
    }
  }

  @Override
  public void letGo() {
    operators.letGo();
  }

  @Override
  public boolean haveEnded() {
    return underWay == 0 && scheduling == 0 && allAccepted();
  }

  @Override
  public boolean allAccepted() {
    return errands.stream().allMatch(Errand::isAccepted);
  }

  @Override
  public void readAll() {
    errands.forEach(
        errand ->
            ask(
                errand,
                origins -> origins.read(errand.originId, errand.fetchId),
                (answer, failure) -> readAtTheEnd(errand, answer, failure)));
  }

  private void readAtTheEnd(Errand errand, Answer answer, Throwable failure) {
    told("last look", errand, answer, failure);
    var subject = errand.originId + "/" + errand.fetchId;
    if (failure != null) {
      promises.broken("P1", subject, "it cannot be read in the end: " + failure);
    } else if (answer.fetch().flatMap(view -> view.outcome()).isEmpty()) {
      promises.broken("P1", subject, "it has no outcome in the end, but " + answer.verdict());
    }
  }
}
