package dev.retriever.client;

import dev.retriever.client.wire.CallSender;
import dev.retriever.client.wire.CallSettings;
import dev.retriever.client.wire.ClientTime;
import dev.retriever.client.wire.RepeatPlan;
import dev.retriever.client.wire.SentRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * A client of the HTTP API. Make one, and keep it: it holds connections. Used by several threads.
 * All calls block, for as long as {@link Builder#timeout} and {@link Builder#repeats} allow.
 *
 * <p>Calls that mean the same when they are sent again are repeated when no answer comes, or a node
 * answers 502, 503, 504, or 429 with {@code Retry-After}; submissions with the same id, so that a
 * fetch is made once. What cannot be repeated says so. Calls throw {@link
 * dev.retriever.client.problem.ProblemException} when a node refuses them, and {@link
 * dev.retriever.client.problem.NoAnswerException} when none answers.
 */
public final class RetrieverClient {
  private final CallSender sender;
  private final Supplier<String> ids;

  private RetrieverClient(CallSender sender, Supplier<String> ids) {
    this.sender = sender;
    this.ids = ids;
  }

  /** Of that API, such as {@code http://127.0.0.1:8080}, with all defaults and without a key. */
  public static RetrieverClient of(String api) {
    return builder(URI.create(api)).build();
  }

  /** Of that API. */
  public static Builder builder(URI api) {
    return new Builder(api);
  }

  /** Fetches of origins. */
  public FetchCalls fetches() {
    return new FetchCalls(sender, ids);
  }

  /** Fetches of all origins, by what they are. */
  public SearchCalls search() {
    return new SearchCalls(sender);
  }

  /** The outcomes of that origin, from there on. Close it in the end. */
  public OutcomeStream outcomes(String originId, StreamStart from) {
    return new OutcomeStream(sender, originId, from);
  }

  /** Queues. */
  public QueueCalls queues() {
    return new QueueCalls(sender);
  }

  /** Schedules of origins. */
  public ScheduleCalls schedules() {
    return new ScheduleCalls(sender);
  }

  /** Endpoints that are told outcomes. */
  public CallbackCalls callbacks() {
    return new CallbackCalls(sender);
  }

  /** Jobs that do one thing with many fetches. */
  public BulkCalls bulk() {
    return new BulkCalls(sender, ids);
  }

  /** API keys. */
  public KeyCalls keys() {
    return new KeyCalls(sender);
  }

  /** The node itself. */
  public NodeCalls node() {
    return new NodeCalls(sender);
  }

  @Override
  public String toString() {
    return "client of " + sender.settings().api();
  }

  /** Settings of a client. Used by one thread. */
  public static final class Builder {
    private static final int LARGEST_ANSWER = 16 * 1024 * 1024;

    private final URI api;
    private URI management;
    private Supplier<String> key;
    private SSLContext tls;
    private HttpClient http;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration timeout = Duration.ofSeconds(30);
    private Duration silence = Duration.ofSeconds(45);
    private RepeatPlan repeats = RepeatPlan.DEFAULT;
    private int maxAnswer = LARGEST_ANSWER;
    private Consumer<SentRequest> onRequest = request -> {};
    private ClientTime time = ClientTime.SYSTEM;
    private Supplier<String> ids = () -> UUID.randomUUID().toString();

    private Builder(URI api) {
      this.api = absolute(api);
    }

    /** Where operators' calls go, such as {@code http://127.0.0.1:8558}. Without it they fail. */
    public Builder management(URI uri) {
      management = absolute(uri);
      return this;
    }

    private static URI absolute(URI uri) {
      var scheme = String.valueOf(uri.getScheme());
      if (!scheme.matches("https?") || uri.getHost() == null || uri.getUserInfo() != null) {
        throw new IllegalArgumentException(
            "the address of a node must be http:// or https:// and a host, without a user");
      }
      return uri;
    }

    /** Sends that key or token. It is asked for with each request, so it may change. */
    public Builder key(Supplier<String> supplier) {
      key = supplier;
      return this;
    }

    /** Trusts what this context trusts; it may hold a certificate of the client, too. */
    public Builder tls(SSLContext context) {
      tls = context;
      return this;
    }

    /** Sends with that client, which must not follow redirects. Its TLS and time limits hold. */
    public Builder http(HttpClient client) {
      http = client;
      return this;
    }

    /** How long a connection may take to open; 5 s by default. */
    public Builder connectTimeout(Duration limit) {
      connectTimeout = positive(limit);
      return this;
    }

    /** How long one try of a call may take, besides the time a node is asked to wait; 30 s. */
    public Builder timeout(Duration limit) {
      timeout = positive(limit);
      return this;
    }

    /** How long a stream may be silent before it is opened anew; 45 s. Nodes ping every 15 s. */
    public Builder silence(Duration limit) {
      silence = positive(limit);
      return this;
    }

    private static Duration positive(Duration limit) {
      if (limit.toMillis() < 1 || limit.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException("a time limit must be 1 ms to 1 h, but it is " + limit);
      }
      return limit;
    }

    /** How often calls are repeated; ten tries within 30 s by default. */
    public Builder repeats(int tries, Duration patience) {
      repeats = new RepeatPlan(tries, patience);
      return this;
    }

    /** Bytes of an answer, and of an event of a stream; 16 MiB by default. Longer ones fail. */
    public Builder maxAnswer(int bytes) {
      maxAnswer = bytes;
      return this;
    }

    /** Is shown each request, without its key, before it is sent. What it throws ends the call. */
    public Builder onRequest(Consumer<SentRequest> listener) {
      onRequest = listener;
      return this;
    }

    /** Makes ids for what is submitted without one; random UUIDs by default. */
    public Builder ids(Supplier<String> supplier) {
      ids = supplier;
      return this;
    }

    /** For tests: with another time. */
    Builder time(ClientTime other) {
      time = other;
      return this;
    }

    /** The client. */
    public RetrieverClient build() {
      var settings =
          new CallSettings(
              http == null ? made() : http,
              api,
              Optional.ofNullable(management),
              Optional.ofNullable(key),
              timeout,
              repeats,
              maxAnswer,
              silence,
              onRequest,
              time,
              () -> ThreadLocalRandom.current().nextDouble());
      return new RetrieverClient(new CallSender(settings), ids);
    }

    private HttpClient made() {
      var builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(connectTimeout);
      if (tls != null) {
        builder.sslContext(tls);
      }
      return builder.build();
    }
  }
}
