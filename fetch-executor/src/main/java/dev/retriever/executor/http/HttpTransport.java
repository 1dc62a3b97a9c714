package dev.retriever.executor.http;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Authority;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Refusal;
import dev.retriever.executor.Report;
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
 * The one place that opens connections to targets. A non-blocking client does the work, with all
 * that it would do on its own account switched off: it does not repeat, redirect, authenticate,
 * decompress, keep cookies, look for a proxy or give up. Thread-safe.
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
  private final LongAdder secondTries = new LongAdder();
  private final Set<HttpExchange> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private HttpTransport(
      TransportSettings settings,
      TargetResolver resolver,
      AsyncHttpClient client,
      Timer timer,
      LongSupplier nanos,
      UnsolicitedBytes unsolicited,
      ArrivingBodies arriving) {
    this.settings = settings;
    this.resolver = resolver;
    this.client = client;
    this.timer = timer;
    this.nanos = nanos;
    this.unsolicited = unsolicited;
    this.arriving = arriving;
  }

  /**
   * A transport with threads and connections of its own, until it is closed. Warns in the log when
   * the settings allow addresses that are not public.
   *
   * @param policy which targets may be called. It alone decides: make it of the same settings
   */
  public static HttpTransport create(TransportSettings settings, EgressPolicy policy) {
    return create(settings, policy, new ByteAccount(Long.MAX_VALUE));
  }

  /**
   * The same, with bodies of responses counted against a budget: when they take all of their share,
   * most are not read on until others are whole.
   */
  public static HttpTransport create(
      TransportSettings settings, EgressPolicy policy, MemoryBudget budget) {
    return create(settings, policy, budget.account(MemoryBudget.Share.ANSWERS));
  }

  private static HttpTransport create(
      TransportSettings settings, EgressPolicy policy, ByteAccount answers) {
    if (!settings.egressAllow().isEmpty()) {
      log.warn("Whoever may submit a fetch can call {} from here", settings.egressAllow());
    }
    return create(settings, policy, InetAddress::getAllByName, System::nanoTime, answers);
  }

  /**
   * @param nanos the clock of what {@code start} is told and of the stages behind it
   */
  static HttpTransport create(
      TransportSettings settings,
      EgressPolicy policy,
      TargetResolver.Lookup lookup,
      LongSupplier nanos) {
    return create(settings, policy, lookup, nanos, new ByteAccount(Long.MAX_VALUE));
  }

  /**
   * @param answers what bodies of responses take while they arrive
   */
  static HttpTransport create(
      TransportSettings settings,
      EgressPolicy policy,
      TargetResolver.Lookup lookup,
      LongSupplier nanos,
      ByteAccount answers) {
    var tls = settings.tls().context();
    var timer = new HashedWheelTimer(THREADS);
    var unsolicited = new UnsolicitedBytes(nanos);
    var kept = new KeptConnections(settings, nanos);
    kept.cleanBy(timer);
    var config =
        clientConfig(settings)
            .setSslContext(tls)
            .setNettyTimer(timer)
            .setChannelPool(kept)
            .setHttpAdditionalChannelInitializer(channel -> guard(channel, settings, unsolicited));
    return new HttpTransport(
        settings,
        new TargetResolver(settings, policy, lookup),
        new DefaultAsyncHttpClient(config.build()),
        timer,
        nanos,
        unsolicited,
        new ArrivingBodies(answers));
  }

  @Override
  public Exchange start(AttemptKey key, FetchRequest request, long takenAt, Consumer<Report> done) {
    var times = new StageTimes(takenAt, nanos);
    var exchange = new HttpExchange(key, settings.maxResponseBody(), times, this::over, done);
    open.add(exchange);
    if (closed) {
      exchange.abort(FailureReason.SHUT_DOWN);
      return exchange;
    }
    var seeker =
        request.repeatable()
            ? KeptConnections.Seeker.REPEATABLE
            : KeptConnections.Seeker.UNREPEATABLE;
    go(
        new Leg(exchange, arriving, () -> goAgain(exchange, key, request)),
        exchange,
        key,
        request,
        seeker);
    return exchange;
  }

  /**
   * Nothing was sent on a kept connection, which is proved; so this is the same attempt still, with
   * the same time limit. Not a third time: a new connection is no reason to try another one.
   */
  private void goAgain(HttpExchange exchange, AttemptKey key, FetchRequest request) {
    secondTries.increment();
    go(new Leg(exchange, arriving, null), exchange, key, request, KeptConnections.Seeker.FRESH);
  }

  private void go(
      Leg leg,
      HttpExchange exchange,
      AttemptKey key,
      FetchRequest request,
      KeptConnections.Seeker seeker) {
    exchange.isOn(leg);
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

  /** Bytes that targets sent and no request was open for, since the start. */
  long unsolicitedBytes() {
    return unsolicited.sum();
  }

  /** Exchanges that left a kept connection, unsent, for a new one, since the start. */
  long secondTries() {
    return secondTries.sum();
  }

  /** The client would leave open exchanges hanging for ever, so they are ended first. */
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
            .setNameResolver(resolver)
            .setChannelPoolPartitioning(KeptConnections.keys(seeker));
    request.body().ifPresent(body -> builder.setBody(body.bytes()));
    var wire = builder.build();
    // Not before: the builder reads the Content-Type, and fails at a charset that is not known
    // here.
    wire.getHeaders().add(headers(key, request));
    return wire;
  }

  /**
   * The client's own parser resolves dot segments and may escape once more; a signed URL would no
   * longer be the one that was signed. So it gets path and query in one piece, as the path.
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
    return alone(new DefaultAsyncHttpClientConfig.Builder())
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

  /** Switches off what the client would do without being asked. */
  private static DefaultAsyncHttpClientConfig.Builder alone(
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
        // With HTTP/2 many exchanges share a connection: one abort would end its neighbours, and
        // "nothing was sent" would have to be proved per stream.
        .setHttp2Enabled(false)
        .setHttp2CleartextEnabled(false);
  }

  /** The client finds its codec by its name alone. */
  private static void guard(
      Channel channel, TransportSettings settings, UnsolicitedBytes unsolicited) {
    if (!(channel.unsafe() instanceof AbstractNioChannel.NioUnsafe unsafe)) {
      throw new IllegalStateException("not a connection of NIO: its socket cannot be looked at");
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
