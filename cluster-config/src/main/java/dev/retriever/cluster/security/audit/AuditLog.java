package dev.retriever.cluster.security.audit;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.Audit;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.CallerText;
import dev.retriever.cluster.security.ClientAddress;
import dev.retriever.cluster.security.Deed;
import dev.retriever.cluster.security.audit.AuditRow.Who;
import dev.retriever.executor.Tenant;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit of a node: deeds are stored before they are done, refusals are counted. Thread-safe.
 */
final class AuditLog implements Audit {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final Supplier<String> IDS = () -> UuidCreator.getTimeOrderedEpoch().toString();

  private final AuditWriter writer;
  private final Denials denials;
  private final ClientAddress addresses;
  private final Clock clock;

  AuditLog(AuditWriter writer, Denials denials, ClientAddress addresses, Clock clock) {
    this.writer = writer;
    this.denials = denials;
    this.addresses = addresses;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Deed> asked(HttpRequest request, Caller caller, AccessTable.Row row) {
    var asked =
        new AuditRow(
            now(),
            AuditRow.Kind.ASKED,
            IDS.get(),
            who(request, Optional.of(caller)),
            action(request, Optional.of(row)),
            subject(request, Optional.of(row)),
            0,
            "",
            1,
            "",
            "");
    return writer.write(asked).thenApply(stored -> new Recorded(asked));
  }

  /** Both databases and the answers have milliseconds. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private final class Recorded implements Deed {
    private final AuditRow asked;
    private final AtomicReference<String> before = new AtomicReference<>("");
    private final AtomicReference<String> after = new AtomicReference<>("");

    private Recorded(AuditRow asked) {
      this.asked = asked;
    }

    @Override
    public void before(String state) {
      before.set(CallerText.shown(state));
    }

    @Override
    public void after(String state) {
      after.set(CallerText.shown(state));
    }

    @Override
    public CompletionStage<Done> ended(int status) {
      return writer
          .write(asked.ended(now(), status, before.get(), after.get()))
          .exceptionally(
              failure -> {
                LOG.warn("The end of deed {} is not in the audit", asked.deed(), failure);
                return Done.getInstance();
              });
    }
  }

  @Override
  public void denied(
      HttpRequest request, Optional<Caller> caller, Optional<AccessTable.Row> row, String reason) {
    var who = who(request, caller);
    var action = action(request, row);
    var subject = subject(request, row);
    boolean first;
    synchronized (denials) {
      first = denials.count(clock.instant(), who, action, subject, reason);
    }
    if (first) {
      LOG.info(
          "Denied to {} at {}: {} {} ({})", who.caller(), who.address(), action, subject, reason);
    }
  }

  /**
   * Stores the refusals of minutes that are over. What cannot be stored is tried again.
   *
   * @return completed when that is done; never fails
   */
  CompletionStage<Done> storeDenials(Instant now) {
    List<AuditRow> rows;
    long dropped;
    synchronized (denials) {
      rows = denials.take(now, IDS);
      dropped = denials.takeDropped();
    }
    if (dropped > 0) {
      LOG.warn("{} refusals are in no row of the audit, because too many waited for it", dropped);
    }
    CompletionStage<Done> all = CompletableFuture.completedStage(Done.getInstance());
    for (var row : rows) {
      all = all.thenCombine(stored(row), (one, other) -> one);
    }
    return all;
  }

  private CompletionStage<Done> stored(AuditRow denial) {
    return writer
        .write(denial)
        .exceptionally(
            failure -> {
              LOG.debug("Refusals are not in the audit yet", failure);
              synchronized (denials) {
                denials.putBack(denial);
              }
              return Done.getInstance();
            });
  }

  private Who who(HttpRequest request, Optional<Caller> caller) {
    return new Who(
        caller.map(Caller::tenant).orElse(Tenant.DEFAULT),
        caller.map(it -> it.method().name().toLowerCase(Locale.ROOT)).orElse("none"),
        caller.map(Caller::name).map(CallerText::shown).orElse(""),
        addresses.text(request));
  }

  private static String action(HttpRequest request, Optional<AccessTable.Row> row) {
    return row.map(it -> it.method() + " " + it.path())
        .orElseGet(() -> CallerText.shown(request.method().value()));
  }

  /** Without the query: it may hold what is meant for the route alone. */
  private static String subject(HttpRequest request, Optional<AccessTable.Row> row) {
    var segments = new ArrayList<String>();
    request.getUri().pathSegments().forEach(segments::add);
    return CallerText.shown(
        row.map(
                it ->
                    it.parameters(segments).entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(" ")))
            .orElseGet(() -> request.getUri().path()));
  }
}
