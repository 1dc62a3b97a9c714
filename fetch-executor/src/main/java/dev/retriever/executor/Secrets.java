package dev.retriever.executor;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import dev.retriever.executor.InvalidRequest.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Passwords and tokens that requests refer to by name, so that they are in no journal and no log.
 * Each secret is for certain hosts only, because the submitter of a fetch chooses its target, and
 * for certain tenants only. Thread-safe.
 */
public final class Secrets {
  /** No secrets. */
  public static final Secrets NONE = new Secrets(Map.of());

  /** The reason of an attempt that was not sent; the fetch is not tried again. */
  static final String NOT_ALLOWED = "secret-not-allowed";

  /** The reason of an attempt whose secret cannot be read at present; it is tried again. */
  static final String UNAVAILABLE = "secret-unavailable";

  private static final String PATH = "retriever.executor.transport.secrets";
  private static final Set<String> KEYS = Set.of("env", "file", "hosts", "plain-http", "tenants");

  /** Much longer than any token; a longer file is a mistake. */
  private static final int LONGEST = RequestRules.MAX_HEADER_VALUE;

  private static final String RULE =
      "must be there, and hold one line of 1 to " + LONGEST + " printable ASCII characters";

  private final Map<String, Secret> byName;

  /**
   * @param value the value of a secret from the environment; empty for one from a file
   * @param plainHttp whether the secret may be sent without TLS
   * @param tenants whose fetches may name it
   */
  private record Secret(
      Optional<String> value,
      Optional<Path> file,
      List<HostPattern> hosts,
      boolean plainHttp,
      List<Tenant> tenants) {
    boolean isFor(URI target) {
      return (plainHttp || "https".equalsIgnoreCase(target.getScheme()))
          && hosts.stream().anyMatch(host -> host.matches(Authority.in(target).host()));
    }
  }

  private Secrets(Map<String, Secret> byName) {
    this.byName = byName;
  }

  /**
   * Reads the secrets in {@code retriever.executor.transport.secrets}. Environment variables are
   * read now; files are read whenever their secret is needed.
   *
   * @param config the whole configuration
   * @throws RuntimeException naming the key that is missing or wrong, or the file that is
   *     unreadable
   */
  public static Secrets from(Config config) {
    return from(config, System::getenv);
  }

  static Secrets from(Config config, UnaryOperator<String> environment) {
    var all = new TreeMap<String, Secret>();
    config
        .getObject(PATH)
        .forEach(
            (name, value) -> {
              var path = PATH + "." + ConfigUtil.joinPath(name);
              if (!Header.isSecretName(name)) {
                throw new IllegalArgumentException(
                    path + ": the name of a secret must be 1 to 64 of A-Z a-z 0-9 . _ -");
              }
              if (!(value instanceof ConfigObject own) || !KEYS.containsAll(own.keySet())) {
                throw new IllegalArgumentException(
                    path + " must be an object of " + KEYS.stream().sorted().toList());
              }
              all.put(name, secret(path, own.toConfig(), environment));
            });
    return new Secrets(Map.copyOf(all));
  }

  private static Secret secret(String path, Config own, UnaryOperator<String> environment) {
    if (own.hasPath("env") == own.hasPath("file")) {
      throw new IllegalArgumentException(path + " must have either env or file");
    }
    var hosts =
        own.hasPath("hosts")
            ? own.getStringList("hosts").stream().map(HostPattern::new).toList()
            : List.<HostPattern>of();
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException(
          path + ".hosts must name the hosts that may be sent it, such as [\"api.example.com\"]");
    }
    var secret =
        new Secret(
            own.hasPath("env")
                ? Optional.of(fromEnvironment(path, own.getString("env"), environment))
                : Optional.empty(),
            own.hasPath("file") ? Optional.of(Path.of(own.getString("file"))) : Optional.empty(),
            hosts,
            own.hasPath("plain-http") && own.getBoolean("plain-http"),
            tenants(path, own));
    secret
        .file()
        .filter(file -> read(file).isEmpty())
        .ifPresent(
            file -> {
              throw new IllegalArgumentException(path + ".file " + file + " " + RULE);
            });
    return secret;
  }

  private static List<Tenant> tenants(String path, Config own) {
    if (!own.hasPath("tenants")) {
      return List.of(Tenant.DEFAULT);
    }
    try {
      return own.getStringList("tenants").stream().map(Tenant::new).toList();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(path + ".tenants: " + e.getMessage(), e);
    }
  }

  private static String fromEnvironment(
      String path, String variable, UnaryOperator<String> environment) {
    return Optional.ofNullable(environment.apply(variable))
        .filter(Secrets::isValue)
        .orElseThrow(() -> new IllegalArgumentException(path + ".env " + variable + " " + RULE));
  }

  private static boolean isValue(String text) {
    return !text.isEmpty() && text.length() <= LONGEST && RequestRules.isFieldValue(text);
  }

  private static Optional<String> read(Path file) {
    try {
      if (Files.size(file) > LONGEST + 2) {
        return Optional.empty();
      }
      return Optional.of(Files.readString(file).strip()).filter(Secrets::isValue);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether that is a valid name of a secret: 1 to 64 of {@code A-Z a-z 0-9 . _ -}. */
  public static boolean isName(String name) {
    return Header.isSecretName(name);
  }

  /**
   * Whether a secret of that name exists, and is for the host of that URL and that tenant.
   *
   * @param url absolute, of http or https
   */
  public boolean isFor(String name, String url, Tenant tenant) {
    return secret(name, tenant).filter(it -> it.isFor(URI.create(url))).isPresent();
  }

  /**
   * Checks that the secrets of a request exist, and are for its host and that tenant.
   *
   * @throws InvalidRequest naming the header. A secret of other tenants reads as one that does not
   *     exist
   */
  public void check(FetchRequest request, Tenant tenant) {
    var target = URI.create(request.url());
    for (var header : request.headers()) {
      header
          .secret()
          .ifPresent(
              name -> {
                var pointer = "/headers/" + RequestRules.escaped(header.name());
                var secret = secret(name, tenant);
                if (secret.isEmpty()) {
                  throw new InvalidRequest(
                      Kind.SECRET_NOT_ALLOWED,
                      pointer,
                      "there is no secret " + name + " in " + PATH + " of this node");
                }
                if (!secret.get().isFor(target)) {
                  throw new InvalidRequest(
                      Kind.SECRET_NOT_ALLOWED,
                      pointer,
                      "the secret "
                          + name
                          + " is not for "
                          + target.getScheme()
                          + "://"
                          + Authority.in(target).host()
                          + "; say so in its hosts");
                }
              });
    }
  }

  private Optional<Secret> secret(String name, Tenant tenant) {
    return Optional.ofNullable(byName.get(name)).filter(it -> it.tenants().contains(tenant));
  }

  /**
   * Wraps a transport so that it fills in secrets before it sends a request. A request is not sent
   * if a secret is not for its target or its tenant, or cannot be read.
   */
  public Transport filledInBefore(Transport transport) {
    return (key, request, limit, done) -> {
      if (request.headers().stream().allMatch(header -> header.secret().isEmpty())) {
        return transport.start(key, request, limit, done);
      }
      FetchRequest filledIn;
      try {
        filledIn = filledIn(request, key.tenant());
      } catch (Refusal refused) {
        done.accept(new Report.NotSent(refused.stage(), refused.reason()));
        return reason -> {};
      }
      return transport.start(key, filledIn, limit, done);
    };
  }

  private FetchRequest filledIn(FetchRequest request, Tenant tenant) throws Refusal {
    var target = URI.create(request.url());
    var headers = new ArrayList<Header>();
    for (var header : request.headers()) {
      headers.add(new Header(header.name(), value(header, target, tenant)));
    }
    return new FetchRequest(
        request.method(),
        request.url(),
        headers,
        request.body(),
        request.idempotencyKey(),
        request.signing(),
        request.trace());
  }

  private String value(Header header, URI target, Tenant tenant) throws Refusal {
    if (header.secret().isEmpty()) {
      return header.value();
    }
    var value = header.value() + value(header.secret().get(), target, tenant);
    if (value.length() > LONGEST) {
      throw new Refusal(Stage.QUEUED, UNAVAILABLE);
    }
    return value;
  }

  /**
   * The value of a secret.
   *
   * @throws Refusal if the secret is not for that target or tenant, or cannot be read
   */
  String value(String name, String url, Tenant tenant) throws Refusal {
    return value(name, URI.create(url), tenant);
  }

  private String value(String name, URI target, Tenant tenant) throws Refusal {
    var secret =
        secret(name, tenant)
            .filter(it -> it.isFor(target))
            .orElseThrow(() -> new Refusal(Stage.EGRESS_DENIED, NOT_ALLOWED));
    return secret
        .value()
        .or(() -> secret.file().flatMap(Secrets::read))
        .orElseThrow(() -> new Refusal(Stage.QUEUED, UNAVAILABLE));
  }
}
