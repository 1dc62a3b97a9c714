package dev.retriever.cluster.bulk;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cluster.bulk.BulkCommand.Answer;
import dev.retriever.cluster.bulk.BulkCommand.Jobs;
import dev.retriever.cluster.bulk.BulkJob.State;
import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.origin.Origins;
import java.time.Clock;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.ShardedDaemonProcessSettings;
import org.apache.pekko.cluster.sharding.typed.javadsl.ShardedDaemonProcess;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/** Jobs over HTTP: begin, read, pause, resume and end them. */
public final class BulkRoutes extends AllDirectives {
  /** The largest body, in bytes. */
  private static final long LARGEST_BODY = 16 * 1024;

  private final ActorSystem<?> system;
  private final CallerOrigins callers;
  private final Origins<BulkCommand> jobs;
  private final BulkPages pages;

  private BulkRoutes(
      ActorSystem<?> system, CallerOrigins callers, Origins<BulkCommand> jobs, BulkPages pages) {
    this.system = system;
    this.callers = callers;
    this.jobs = jobs;
    this.pages = pages;
  }

  /**
   * Starts what keeps jobs going, on one node of the cluster.
   *
   * @param jobs origins of {@link BulkOrigin#TYPE}
   * @param role of the nodes that may do it
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  public static BulkRoutes start(
      ActorSystem<?> system,
      CallerOrigins callers,
      Origins<BulkCommand> jobs,
      BulkPages pages,
      String role,
      Clock clock) {
    var settings = BulkSettings.from(system.settings().config());
    ShardedDaemonProcess.get(system)
        .init(
            BulkDriver.Message.class,
            "retriever-bulk",
            1,
            number -> BulkDriver.create(jobs, pages::next, settings, clock),
            ShardedDaemonProcessSettings.create(system).withRole(role),
            java.util.Optional.empty());
    return new BulkRoutes(system, callers, jobs, pages);
  }

  /** The caller seals this route. */
  public Route routes() {
    return concat(
        path(
            segment("v1").slash("bulk"),
            () ->
                concat(
                    post(() -> answered(this::begin)),
                    get(() -> answered(request -> list(caller(request)))))),
        path(
            segment("v1").slash("bulk").slash(segment()),
            id -> get(() -> answered(request -> read(caller(request), id)))),
        path(
            segment("v1").slash("bulk").slash(segment()).slash("pause"),
            id -> to(id, State.PAUSED)),
        path(
            segment("v1").slash("bulk").slash(segment()).slash("resume"),
            id -> to(id, State.RUNNING)),
        path(
            segment("v1").slash("bulk").slash(segment()).slash("cancel"),
            id -> to(id, State.CANCELLED)));
  }

  private Route answered(Function<HttpRequest, CompletionStage<HttpResponse>> answer) {
    return extractRequest(request -> completeWithFuture(answer.apply(request)));
  }

  private Caller caller(HttpRequest request) {
    return callers.credential(request).caller();
  }

  private CompletionStage<HttpResponse> begin(HttpRequest request) {
    JsonRequest.checkContent(request);
    var caller = caller(request);
    return JsonRequest.body(request, LARGEST_BODY, system)
        .thenApply(body -> BulkReader.read(body, caller, pages))
        .thenCompose(
            asked -> asked.isDryRun() ? counted(caller, asked.wanted()) : begun(asked.wanted()));
  }

  private CompletionStage<HttpResponse> counted(Caller caller, BulkJob.Wanted wanted) {
    return pages
        .source(wanted.where())
        .count(caller, wanted)
        .thenApply(total -> JsonResponse.of(BulkWriter.dryRun(wanted, total), 200));
  }

  private CompletionStage<HttpResponse> begun(BulkJob.Wanted wanted) {
    return jobs.<Answer>ask(BulkOrigin.ID, replyTo -> new BulkCommand.Start(wanted, replyTo))
        .thenApply(
            answer -> {
              var job = answer.job().orElseThrow(BulkRoutes::tooMany);
              if (!job.wanted().equals(wanted)) {
                throw Problem.of(
                        ProblemType.IDEMPOTENCY_KEY_REUSED,
                        "/id",
                        "Job "
                            + wanted.id()
                            + " was begun with other content. Begin this one under another id.")
                    .found();
              }
              return JsonResponse.of(BulkWriter.job(job), answer.isNew() ? 201 : 200);
            });
  }

  private static Problem.Found tooMany() {
    return Problem.of(
            ProblemType.TOO_MANY_JOBS,
            "%d bulk jobs of this tenant have not ended, or %d of all, the most that may. Wait for one, or cancel one."
                .formatted(BulkState.MOST_OF_TENANT, BulkState.MOST_OPEN))
        .found();
  }

  private CompletionStage<HttpResponse> list(Caller caller) {
    return jobs.<Jobs>ask(BulkOrigin.ID, BulkCommand.Read::new)
        .thenApply(
            all -> {
              var json = JsonNodeFactory.instance.objectNode();
              var items = json.putArray("items");
              all.jobs().stream()
                  .filter(job -> job.isSeenBy(caller))
                  .forEach(job -> items.add(BulkWriter.job(job)));
              return JsonResponse.of(json, 200);
            });
  }

  private CompletionStage<HttpResponse> read(Caller caller, String id) {
    return job(caller, id).thenApply(job -> JsonResponse.of(BulkWriter.job(job), 200));
  }

  /** Fails as if there were none when it is for more origins than the caller. */
  private CompletionStage<BulkJob> job(Caller caller, String id) {
    Ids.inPath("job", id);
    return jobs.<Jobs>ask(BulkOrigin.ID, BulkCommand.Read::new)
        .thenApply(
            all ->
                all.jobs().stream()
                    .filter(job -> job.isOf(caller.tenant().name(), id) && job.isSeenBy(caller))
                    .findFirst()
                    .orElseThrow(() -> noSuch(id)));
  }

  private Route to(String id, State state) {
    return post(() -> answered(request -> changed(caller(request), id, state)));
  }

  private CompletionStage<HttpResponse> changed(Caller caller, String id, State state) {
    return job(caller, id)
        .thenCompose(job -> changed(job, state))
        .thenApply(
            answer ->
                JsonResponse.of(BulkWriter.job(answer.job().orElseThrow(() -> noSuch(id))), 200));
  }

  private CompletionStage<Answer> changed(BulkJob job, State state) {
    return jobs.ask(
        BulkOrigin.ID,
        replyTo ->
            new BulkCommand.Change(job.wanted().tenant(), job.wanted().id(), state, replyTo));
  }

  private static Problem.Found noSuch(String id) {
    return Problem.of(
            ProblemType.NOT_FOUND,
            "There is no bulk job "
                + id
                + ", or it ended 30 days ago, or is for origins that your credential is not for.")
        .found();
  }
}
