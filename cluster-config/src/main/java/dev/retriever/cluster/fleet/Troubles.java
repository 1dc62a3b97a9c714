package dev.retriever.cluster.fleet;

import dev.retriever.cluster.fleet.Trouble.Kind;
import dev.retriever.origin.queue.QueueView;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** What is wrong in the cluster, in sentences, the worst first. Pure. */
final class Troubles {
  /** Queues that are named; of more, only the number is told. */
  static final int MOST_QUEUES = 20;

  /** A certificate that ends earlier should have been replaced. */
  private static final Duration SOON = Duration.ofDays(14);

  /** The time that counts of what went wrong are of. */
  private static final Duration LATELY = Duration.ofMinutes(15);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

  private final Overview overview;
  private final UnaryOperator<String> names;
  private final List<Trouble> found = new ArrayList<>();

  private Troubles(Overview overview, UnaryOperator<String> names) {
    this.overview = overview;
    this.names = names;
  }

  /**
   * @param names how a node is named
   */
  static List<Trouble> of(Overview overview, UnaryOperator<String> names) {
    var findings = new Troubles(overview, names);
    findings.storage();
    overview.fleet().members().forEach(findings::node);
    findings.versions();
    findings.queues();
    findings.counts();
    return findings.found.stream()
        .sorted((one, other) -> Boolean.compare(other.isSevere(), one.isSevere()))
        .toList();
  }

  private void add(boolean isSevere, Kind about, Optional<String> name, String text) {
    found.add(new Trouble(isSevere, text, about, name));
  }

  private void storage() {
    var away = overview.fleet().reports().filter(NodeReport::storageAway).count();
    if (away > 0) {
      add(
          true,
          Kind.STORAGE,
          Optional.empty(),
          "The database is away for %s. Submissions are refused there until it is back."
              .formatted(counted(away, "node", "nodes")));
    }
  }

  private void node(Member member) {
    var name = Optional.of(names.apply(member.node()));
    if (!member.reachable()) {
      var text = "Node %s is unreachable. Its origins go on when it is back, or removed.";
      add(true, Kind.NODE, name, text.formatted(name.get()));
    } else if (!member.isUp()) {
      add(false, Kind.NODE, name, "Node %s is %s.".formatted(name.get(), member.status()));
    } else if (member.report().isEmpty()) {
      add(true, Kind.NODE, name, "Node %s did not answer in time.".formatted(name.get()));
    }
    member
        .report()
        .ifPresent(
            report -> {
              certificates(name.get(), report);
              pools(name.get(), report);
              lateQueues(name.get(), report);
            });
  }

  private void lateQueues(String name, NodeReport report) {
    if (report.queuesIncomplete()) {
      var text =
          "Not all queues of node %s are in these figures and problems: some answered late, or they"
              + " are too many.";
      add(false, Kind.QUEUE, Optional.empty(), text.formatted(name));
    }
  }

  private void pools(String name, NodeReport report) {
    for (var pool : report.pools()) {
      if (pool.waiting() > 0 && pool.permitsHeld() >= pool.permits()) {
        var text = "Pool %s of node %s has no permit left, and %s for one.";
        var waiting = counted(pool.waiting(), "origin waits", "origins wait");
        add(false, Kind.NODE, Optional.of(name), text.formatted(pool.name(), name, waiting));
      }
    }
  }

  private void versions() {
    var versions = new TreeSet<String>();
    overview.fleet().reports().map(NodeReport::version).forEach(versions::add);
    if (versions.size() > 1) {
      add(
          false,
          Kind.NODE,
          Optional.empty(),
          "The nodes have different versions: %s. Go on with the update, or back."
              .formatted(String.join(", ", versions)));
    }
  }

  private void certificates(String name, NodeReport report) {
    for (var certificate : report.certificates()) {
      if (certificate.ends().isBefore(overview.fleet().at().plus(SOON))) {
        var isOver = certificate.ends().isBefore(overview.fleet().at());
        var text = "The certificate of the %s port of node %s %s at %s.";
        add(
            isOver,
            Kind.NODE,
            Optional.of(name),
            text.formatted(
                certificate.port(), name, isOver ? "ended" : "ends", certificate.ends()));
      }
    }
  }

  private void queues() {
    var stopped = overview.stoppedQueues().toList();
    for (var queue : stopped.subList(0, Math.min(MOST_QUEUES, stopped.size()))) {
      add(
          queue.state() == QueueView.State.BREAKER_OPEN,
          Kind.QUEUE,
          Optional.of(queue.name()),
          text(queue));
    }
    if (stopped.size() > MOST_QUEUES) {
      var more = stopped.size() - MOST_QUEUES;
      add(false, Kind.QUEUE, Optional.empty(), "%d more queues are stopped.".formatted(more));
    }
  }

  private static String text(QueueReport queue) {
    var until = queue.until().map(Troubles::until).orElse("");
    var waiting =
        queue.waiting() == 0
            ? ""
            : " %s there.".formatted(counted(queue.waiting(), "fetch waits", "fetches wait"));
    return switch (queue.state()) {
      case PAUSED -> "Queue %s is paused%s.".formatted(queue.name(), until) + waiting;
      case DRAINING -> "Queue %s drains: it takes no new fetches.".formatted(queue.name());
      case HELD ->
          "Queue %s is held%s, because it was asked to wait.".formatted(queue.name(), until)
              + waiting;
      case BREAKER_OPEN ->
          "The breaker of queue %s is open%s: most of its attempts failed."
                  .formatted(queue.name(), until)
              + waiting;
      case RUNNING -> "Queue %s runs.".formatted(queue.name());
    };
  }

  private static String until(Instant at) {
    return " until " + TIME.format(at) + " UTC";
  }

  private void counts() {
    var lately = overview.within(LATELY);
    if (lately.unknown() > 0) {
      var text = "%s as unknown in the last 15 minutes: the target may have acted, or not.";
      add(
          false,
          Kind.FETCHES,
          Optional.of("unknown"),
          text.formatted(counted(lately.unknown(), "fetch settled", "fetches settled")));
    }
    if (lately.parked() > 0) {
      var text = "%s parked in the last 15 minutes. They wait until they are redriven.";
      add(
          false,
          Kind.FETCHES,
          Optional.of("parked"),
          text.formatted(counted(lately.parked(), "continuation was", "continuations were")));
    }
    if (overview.dead().orElse(0L) > 0) {
      var dead = counted(overview.dead().get(), "callback was", "callbacks were");
      add(false, Kind.CALLBACKS, Optional.empty(), dead + " given up: no try was accepted.");
    }
  }

  private static String counted(long number, String one, String more) {
    return number + " " + (number == 1 ? one : more);
  }
}
