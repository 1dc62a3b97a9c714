package dev.retriever.cluster.outcomes;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.cluster.memory.OutcomeMemory;
import dev.retriever.cluster.memory.ReaderMemory;
import dev.retriever.cluster.memory.Taken;
import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.CredentialWatch;
import dev.retriever.cluster.security.Need;
import dev.retriever.cluster.security.OpenStreams;
import dev.retriever.cluster.tenants.CallerOrigins;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.model.ws.TextMessage;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/** Subscriptions to the outcomes of an origin, as server-sent events and as WebSockets. */
public final class OutcomeRoutes extends AllDirectives {
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  /** Less than a phase of the shutdown, which is five seconds. */
  private static final Duration TELLING = Duration.ofSeconds(3);

  /** The time from the last event of a stream to the wire. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private static final Need OF_ONE_ORIGIN =
      AccessTable.API.need("GET", "/v1/origins/{origin}/outcomes");

  private final ActorSystem<?> system;
  private final CallerOrigins callers;
  private final OutcomeFeed feed;
  private final OutcomeSettings settings;
  private final OutcomeMemory memory;
  private final OpenStreams open = new OpenStreams();
  private final SharedKillSwitch sockets = KillSwitches.shared("retriever-outcomes-sockets");
  private final CredentialWatch watch = new CredentialWatch();
  private final Sink<Message, NotUsed> passedOver;

  /** Open WebSockets at {@code /v1/outcomes}, with subscriptions or without. */
  private final AtomicInteger connections = new AtomicInteger();

  public OutcomeRoutes(
      ActorSystem<?> system,
      CallerOrigins callers,
      OutcomeSettings settings,
      OutcomeMemory memory,
      Clock clock) {
    this.memory = memory;
    this.callers = callers;
    this.system = system;
    this.feed = new OutcomeFeed(settings, memory.limit());
    this.settings = settings;
    var materializer = Materializer.matFromSystem(system);
    passedOver =
        Flow.<Message>create()
            .mapAsync(1, message -> SocketMessages.passedOver(message, materializer))
            .to(Sink.ignore());
    watch.start(system, settings.credentialCheck(), clock);
  }

  /** The caller seals this route. */
  public Route routes() {
    return concat(
        path(
            segment("v1").slash("origins").slash(segment()).slash("outcomes"),
            originId ->
                get(
                    () ->
                        parameterOptional(
                            "lastEventId",
                            id ->
                                parameterOptional(
                                    "from",
                                    from ->
                                        extractRequest(
                                            request ->
                                                completeWithFuture(
                                                    subscribe(originId, request, id, from))))))),
        path(
            segment("v1").slash("outcomes"),
            () -> get(() -> extractRequest(request -> complete(socket(request))))));
  }

  /** The number of open subscriptions. */
  public int subscriptions() {
    return open.count();
  }

  /**
   * Ends all subscriptions, so that their subscribers connect to another node.
   *
   * @return completed when they have been told, or the time for that is over. After that,
   *     connections are closed, even with events under way
   */
  public CompletionStage<Done> end() {
    open.end();
    var told = new CompletableFuture<Done>();
    ended(told, TELLING.dividedBy(LOOK));
    return told;
  }

  private void ended(CompletableFuture<Done> told, long looksLeft) {
    var none = open.count() == 0;
    later(
        () -> {
          if (none || looksLeft == 0) {
            // WebSockets stay open without subscriptions, so they are ended here.
            sockets.shutdown();
            later(() -> told.complete(Done.getInstance()));
          } else {
            ended(told, looksLeft - 1);
          }
        });
  }

  private void later(Runnable run) {
    system.scheduler().scheduleOnce(LOOK, run, system.executionContext());
  }

  private CompletionStage<HttpResponse> subscribe(
      String originId, HttpRequest request, Optional<String> id, Optional<String> from) {
    Ids.inPath("origin", originId);
    var after = OutcomeQuery.after(RequestHeaders.named(request, LAST_EVENT_ID), id, from);
    var socket = request.getAttribute(AttributeKeys.webSocketUpgrade);
    if (socket.isEmpty()) {
      checkAccepted(RequestHeaders.named(request, "Accept"));
    }
    if (open.count() >= settings.maxSubscriptions()) {
      return CompletableFuture.failedFuture(tooMany());
    }
    var caller = watch.watch(callers.credential(request));
    return feed.start(callers.of(request), originId, after)
        .thenApply(
            start ->
                socket
                    .map(upgrade -> upgrade.handleMessagesWith(messages(start, caller)))
                    .orElseGet(() -> streamed(start, caller)));
  }

  /** A WebSocket for many origins. */
  private HttpResponse socket(HttpRequest request) {
    var upgrade =
        request
            .getAttribute(AttributeKeys.webSocketUpgrade)
            .orElseThrow(
                () ->
                    Problem.of(
                            ProblemType.MALFORMED_REQUEST,
                            "Outcomes of several origins come on a WebSocket only.")
                        .found());
    if (connections.get() >= settings.maxSockets()) {
      throw Problem.of(
              ProblemType.OVERLOADED,
              "The node has as many WebSockets at /v1/outcomes as it may. Ask another one, or"
                  + " later.")
          .found();
    }
    var caller = watch.watch(callers.credential(request));
    return upgrade.handleMessagesWith(
        new OutcomeSocket(
                system,
                settings.maxPerSocket(),
                memory,
                asked -> mayRead(caller.credential().caller(), asked),
                (asked, reader) -> asked(caller, asked, reader))
            .messages(caller)
            .via(caller.whileOpen())
            .via(sockets.flow())
            .via(counted(connections)));
  }

  /** Each message is checked like a request to the origin's own path. */
  private void mayRead(Caller caller, OutcomeSocket.Asked asked) {
    OF_ONE_ORIGIN.refusal(caller).map(Problem::found).ifPresent(OutcomeRoutes::refuse);
    callers.of(caller).checkAllowed(asked.originId());
  }

  private static void refuse(Problem.Found refusal) {
    throw refusal;
  }

  private CompletionStage<Source<OutcomeEvent, NotUsed>> asked(
      CredentialWatch.Watched caller, OutcomeSocket.Asked asked, ReaderMemory reader) {
    if (open.count() >= settings.maxSubscriptions()) {
      return CompletableFuture.failedFuture(tooMany());
    }
    var origins = callers.of(caller.credential().caller());
    return feed.start(origins, asked.originId(), asked.after())
        .thenApply(start -> events(start, reader, caller));
  }

  private static void checkAccepted(List<String> accept) {
    var all = String.join(",", accept).toLowerCase(Locale.ROOT);
    if (!all.isEmpty()
        && !all.contains("text/event-stream")
        && !all.contains("text/*")
        && !all.contains("*/*")) {
      throw Problem.of(
              ProblemType.NOT_ACCEPTABLE, "Outcomes come as text/event-stream, or on a WebSocket.")
          .found();
    }
  }

  private static Problem.Found tooMany() {
    return Problem.of(
            ProblemType.OVERLOADED,
            "The node has as many subscriptions as it may. Ask another one, or later.")
        .found();
  }

  private HttpResponse streamed(OutcomeFeed.Start start, CredentialWatch.Watched caller) {
    var reader = new ReaderMemory(memory);
    var bytes =
        events(start, reader, caller)
            .keepAlive(settings.heartbeat(), OutcomeEvent.Heartbeat::new)
            .via(
                new Taken<>(
                    reader, OutcomeEvent::memory, OutcomeEvent::streamed, OutcomeMemory.PATIENCE));
    return HttpResponse.create()
        .addHeader(RawHeader.create("Cache-Control", "no-cache"))
        // Otherwise nginx waits until its buffer is full.
        .addHeader(RawHeader.create("X-Accel-Buffering", "no"))
        .withEntity(
            HttpEntities.createChunked(MediaTypes.TEXT_EVENT_STREAM.toContentType(), bytes));
  }

  /**
   * Messages of the subscriber are read and ignored. The server's pings keep the connection alive.
   */
  private Flow<Message, Message, NotUsed> messages(
      OutcomeFeed.Start start, CredentialWatch.Watched caller) {
    var reader = new ReaderMemory(memory);
    var outgoing =
        events(start, reader, caller)
            .via(
                new Taken<OutcomeEvent, Message>(
                    reader,
                    OutcomeEvent::memory,
                    event -> TextMessage.create(event.message()),
                    OutcomeMemory.PATIENCE));
    return Flow.fromSinkAndSourceCoupled(passedOver, outgoing);
  }

  private Source<OutcomeEvent, NotUsed> events(
      OutcomeFeed.Start start, ReaderMemory reader, CredentialWatch.Watched caller) {
    var retry = settings.retry().toMillis();
    return Source.fromGraph(
        new Subscription(at -> feed.next(at, reader), start, caller, open, retry));
  }

  /** Counts the stream from its start until either side ends it. */
  static <T> Flow<T, T, NotUsed> counted(AtomicInteger count) {
    return Flow.<T>create()
        .watchTermination(
            (none, done) -> {
              count.incrementAndGet();
              done.whenComplete((end, failure) -> count.decrementAndGet());
              return none;
            });
  }
}
