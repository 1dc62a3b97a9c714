package dev.retriever.executor.http;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Authority;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Refusal;
import dev.retriever.executor.Report;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import dev.retriever.executor.egress.EgressPolicy;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.settings.TransportSettings;
import io.netty.channel.Channel;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import org.asynchttpclient.Request;
import org.asynchttpclient.RequestBuilder;
import org.asynchttpclient.netty.channel.ChannelManager;
import org.asynchttpclient.uri.Uri;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only class that opens connections to targets. It uses a non-blocking HTTP client with all
 * automatic behaviour switched off: no retries, redirects, authentication, decompression, cookies,
 * proxies or time limits. Thread-safe.
 */
public final class HttpTransport implements Transport {
  private static final Logger log = LoggerFactory.getLogger(HttpTransport.class);
  private static final Duration NEVER = Duration.ofMillis(-1);
  private static final ThreadFactory THREADS =
      new DefaultThreadFactory("retriever-transport", true);

  private final TransportSettings settings;
  private final TargetResolver resolver;
  private final AsyncHttpClient client;
  private final Timer timer;
  private final LongSupplier nanos;
  private final UnsolicitedBytes unsolicited;
  private final ArrivingBodies arriving;
  private final Clock clock;
  private final LongAdder secondTries = new LongAdder();
  private final Set<HttpExchange> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param nanos the monotonic clock of time limits and timelines
   * @param clock goes on while the machine is suspended, unlike {@code nanos}
   * @param answers counts response bodies while they arrive
   */
  HttpTransport(
      TransportSettings settings,
      EgressPolicy policy,
      TargetResolver.Lookup lookup,
      LongSupplier nanos,
      Clock clock,
      ByteAccount answers) {
    this.settings = settings;
    this.nanos = nanos;
    this.clock = clock;
    this.resolver = new TargetResolver(settings, policy, lookup);
    this.timer = new HashedWheelTimer(THREADS);
    this.unsolicited = new UnsolicitedBytes(nanos);
    this.arriving = new ArrivingBodies(answers);
    var tls = settings.tls().context();
    var kept = new KeptConnections(settings, resolver::mayUse, nanos);
    kept.cleanBy(timer);
    var config =
        clientConfig(settings)
            .setSslContext(tls)
            .setNettyTimer(timer)
            .setChannelPool(kept)
            .setHttpAdditionalChannelInitializer(channel -> guard(channel, settings, unsolicited));
    this.client = new DefaultAsyncHttpClient(config.build());
  }

  /**
   * Makes a transport with its own threads and connections. It counts response bodies against the
   * budget; when their share is full, most connections pause until other bodies are complete. Logs
   * a warning if the settings allow addresses that are not public.
   *
   * @param policy decides which targets may be called; make it of the same settings
   * @param clock of the wall
   */
  public static HttpTransport create(
      TransportSettings settings, EgressPolicy policy, MemoryBudget budget, Clock clock) {
    if (!settings.egressAllow().isEmpty()) {
      log.warn(
          "Fetches may call the internal addresses {}; remove them from egress-allow if they need not",
          settings.egressAllow());
    }
    var answers = budget.account(MemoryBudget.Share.ANSWERS);
    return new HttpTransport(
        settings, policy, InetAddress::getAllByName, System::nanoTime, clock, answers);
  }

  @Override
  public Exchange start(
      AttemptKey key, FetchRequest request, TimeLimit limit, Consumer<Report> done) {
    var times = new StageTimes(limit.takenAt(), nanos);
    var tooLate = SendTime.isOver(limit, nanos, clock::millis);
    var exchange =
        new HttpExchange(key, settings.maxResponseBody(), times, tooLate, this::over, done);
    open.add(exchange);
    if (closed) {
      exchange.abort(FailureReason.SHUT_DOWN);
      return exchange;
    }
    var seeker =
        request.repeatable()
            ? KeptConnections.Seeker.REPEATABLE
            : KeptConnections.Seeker.UNREPEATABLE;
    send(
        new Leg(exchange, arriving, () -> retryOnNewConnection(exchange, key, request)),
        exchange,
        key,
        request,
        seeker);
    return exchange;
  }

  /**
   * Tries a new connection after a kept one on which nothing was sent. It is the same attempt, with
   * the same time limit. There is no third try, because a new connection cannot be stale.
   */
  private void retryOnNewConnection(HttpExchange exchange, AttemptKey key, FetchRequest request) {
    secondTries.increment();
    send(new Leg(exchange, arriving, null), exchange, key, request, KeptConnections.Seeker.FRESH);
  }

  private void send(
      Leg leg,
      HttpExchange exchange,
      AttemptKey key,
      FetchRequest request,
      KeptConnections.Seeker seeker) {
    exchange.continueOn(leg);
    try {
      resolver.checkPort(Authority.portOf(URI.create(request.url())));
      var wire = toWire(key, request, seeker);
      exchange.resolving(wire.getUri().isSecured());
      leg.isHandledBy(client.executeRequest(wire, leg));
    } catch (Refusal | RuntimeException e) {
      leg.onThrowable(e);
    }
  }

  private void over(HttpExchange exchange) {
    open.remove(exchange);
    arriving.over(exchange);
  }

  /** The bytes that targets have sent without an open request, since the start. */
  long unsolicitedBytes() {
    return unsolicited.sum();
  }

  /** The exchanges that left a kept connection, unsent, for a new one, since the start. */
  long secondTries() {
    return secondTries.sum();
  }

  /** Ends open exchanges first, because the client would never end them. */
  @Override
  public void close() {
    closed = true;
    open.forEach(exchange -> exchange.abort(FailureReason.SHUT_DOWN));
    resolver.close();
    try {
      client.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      timer.stop();
    }
  }

  private Request toWire(AttemptKey key, FetchRequest request, KeptConnections.Seeker seeker) {
    var builder =
        new RequestBuilder(request.method(), true)
            .setUri(target(request.url()))
            .setNameResolver(resolver.at(Authority.portOf(URI.create(request.url()))))
            .setChannelPoolPartitioning(KeptConnections.keys(seeker));
    request.body().ifPresent(body -> builder.setBody(body.bytes()));
    var wire = builder.build();
    // Added last, because the builder reads the Content-Type and fails at an unknown charset.
    wire.getHeaders().add(headers(key, request));
    return wire;
  }

  /**
   * Passes path and query to the client in one piece, as the path. The client's own parser resolves
   * dot segments and may escape twice, which would break a signed URL.
   */
  private static Uri target(String url) {
    var uri = URI.create(url);
    var authority = url.indexOf("//") + 2;
    var path = authority + uri.getRawAuthority().length();
    var rest = url.substring(path);
    var place = Authority.in(uri);
    return new Uri(
        uri.getScheme(),
        null,
        place.host(),
        place.port(),
        rest.startsWith("/") ? rest : "/" + rest,
        null,
        null);
  }

  private static String host(URI uri) {
    var usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    var port = Authority.portOf(uri);
    var host = Authority.in(uri).host();
    return port == usual ? host : host + ":" + port;
  }

  private HttpHeaders headers(AttemptKey key, FetchRequest request) {
    var headers = new DefaultHttpHeaders();
    headers.add("Host", host(URI.create(request.url())));
    request.headers().forEach(header -> headers.add(header.name(), header.value()));
    if (!headers.contains(HttpHeaderNames.USER_AGENT)) {
      headers.add("User-Agent", settings.userAgent());
    }
    request.idempotencyKey().ifPresent(value -> headers.add("Idempotency-Key", value));
    if (settings.identifyAttempts()) {
      headers.add("Retriever-Fetch-Id", key.fetchId());
      headers.add("Retriever-Attempt", Integer.toString(key.attempt()));
    }
    return headers;
  }

  private static DefaultAsyncHttpClientConfig.Builder clientConfig(TransportSettings settings) {
    var connectMillis = settings.connectTimeout().toMillis();
    return withoutExtras(new DefaultAsyncHttpClientConfig.Builder())
        .setConnectTimeout(settings.connectTimeout())
        .setHandshakeTimeout((int) connectMillis)
        .setRequestTimeout(NEVER)
        .setReadTimeout(NEVER)
        .setKeepAlive(settings.reuse())
        .setSoKeepAlive(true)
        .setHttpClientCodecMaxHeaderSize(settings.maxResponseHeaders())
        .setIoThreadsCount(settings.eventLoopThreads())
        .setThreadFactory(THREADS)
        .setShutdownQuietPeriod(Duration.ZERO);
  }

  /** Switches off all automatic behaviour of the client. */
  private static DefaultAsyncHttpClientConfig.Builder withoutExtras(
      DefaultAsyncHttpClientConfig.Builder builder) {
    return builder
        .setMaxRequestRetry(0)
        .setFollowRedirect(false)
        .setCookieStore(null)
        .setUseProxySelector(false)
        .setUseProxyProperties(false)
        .setCompressionEnforced(false)
        .setEnableAutomaticDecompression(false)
        .setDisableUrlEncodingForBoundRequests(true)
        .setUserAgent(null)
        // In HTTP/2 exchanges share a connection: an abort would end the others, and "not sent"
        // would
        // need a proof for each stream.
        .setHttp2Enabled(false)
        .setHttp2CleartextEnabled(false);
  }

  /** Replaces the codec under the same name, because the client finds it by its name. */
  private static void guard(
      Channel channel, TransportSettings settings, UnsolicitedBytes unsolicited) {
    if (!(channel.unsafe() instanceof AbstractNioChannel.NioUnsafe unsafe)) {
      throw new IllegalStateException("the connection is not of NIO, so its socket cannot be read");
    }
    var codec =
        new ResponseCodec(
            settings.maxResponseHeaders(), settings.maxResponseHeaderFields(), unsolicited);
    channel
        .pipeline()
        .replace(ChannelManager.HTTP_CLIENT_CODEC, ChannelManager.HTTP_CLIENT_CODEC, codec);
    channel
        .pipeline()
        .addAfter(
            ChannelManager.HTTP_CLIENT_CODEC,
            "connection-guard",
            new ConnectionGuard(settings.maxResponseHeaders(), connection -> unsafe.read()));
  }
}
