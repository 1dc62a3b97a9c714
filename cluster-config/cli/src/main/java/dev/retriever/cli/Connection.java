package dev.retriever.cli;

import dev.retriever.client.RetrieverClient;
import dev.retriever.client.wire.SentRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that say which node a command speaks to; all commands have them. */
final class Connection {
  @Option(
      scope = ScopeType.INHERIT,
      names = "--context",
      paramLabel = "NAME",
      description = "the context, without variables; the current one, or this machine, by default")
  private String context;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--url",
      paramLabel = "URL",
      description = "the API; also RETRIEVER_URL")
  private String url;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--management",
      paramLabel = "URL",
      description = "the management port; also RETRIEVER_MANAGEMENT")
  private String management;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--key-file",
      paramLabel = "FILE",
      description = "a file with the key, - for standard input; also RETRIEVER_KEY_FILE")
  private String keyFile;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--ca",
      paramLabel = "FILE",
      description = "trust the certificates of this file in PEM")
  private String ca;

  private boolean isKeyLeftOut;

  /**
   * What was chosen: by options, then by the environment unless a context is named, then by the
   * context. The key of the context goes along only if both addresses are its own.
   */
  Contexts.Named chosen(Surroundings around) throws IOException {
    var base = base(around);
    var api = first(url, "RETRIEVER_URL", around);
    var operators = first(management, "RETRIEVER_MANAGEMENT", around);
    var isElsewhere = api.isPresent() || operators.isPresent();
    var file = first(keyFile, "RETRIEVER_KEY_FILE", around);
    var isKeyed = base.keyFile().isPresent() || base.key().isPresent();
    isKeyLeftOut = isElsewhere && isKeyed && file.isEmpty();
    return new Contexts.Named(
        api.orElse(base.url()),
        operators.or(() -> api.isPresent() ? Optional.empty() : base.management()),
        file.or(() -> isElsewhere ? Optional.empty() : base.keyFile()),
        isElsewhere ? Optional.empty() : base.key(),
        Optional.ofNullable(ca).or(base::ca));
  }

  /** Whether the context has a key that was not sent, because an address is not the context's. */
  boolean isKeyLeftOut() {
    return isKeyLeftOut;
  }

  /** What a context is to be: the options alone, with the key of standard input itself. */
  Contexts.Named given(Surroundings around) {
    if (url == null) {
      throw new Refused("a context has an address", "Add --url http://HOST:PORT");
    }
    uri(url);
    var isFromInput = "-".equals(keyFile);
    return new Contexts.Named(
        url,
        Optional.ofNullable(management),
        Optional.ofNullable(isFromInput ? null : keyFile).map(it -> absolute(it)),
        isFromInput ? Optional.of(read("-", around)) : Optional.empty(),
        Optional.ofNullable(ca).map(it -> absolute(it)));
  }

  private static String absolute(String file) {
    return Path.of(file).toAbsolutePath().toString();
  }

  /** The variables are for the node that they name together, so none adds to a named context. */
  private Optional<String> first(String option, String variable, Surroundings around) {
    var told = context == null ? around.environment().get(variable) : null;
    return Optional.ofNullable(option).or(() -> Optional.ofNullable(told));
  }

  private Contexts.Named base(Surroundings around) throws IOException {
    var contexts = Contexts.read(around.contextsFile());
    if (context != null) {
      return contexts
          .get(context)
          .orElseThrow(
              () ->
                  new Refused(
                      "there is no context " + context, "List them with: retriever context list"));
    }
    return first(url, "RETRIEVER_URL", around).isPresent()
        ? Contexts.Named.LOCAL
        : contexts.get(contexts.current()).orElse(Contexts.Named.LOCAL);
  }

  /**
   * @param beforeEach is shown each request
   */
  RetrieverClient client(Surroundings around, Consumer<SentRequest> beforeEach) throws IOException {
    var named = chosen(around);
    var builder = RetrieverClient.builder(uri(named.url())).onRequest(beforeEach);
    named.management().ifPresent(it -> builder.management(uri(it)));
    var key = named.keyFile().map(file -> read(file, around)).or(named::key);
    key.ifPresent(it -> builder.key(() -> it));
    if (named.ca().isPresent()) {
      builder.tls(trusting(Path.of(named.ca().get())));
    }
    around.http().ifPresent(builder::http);
    return builder.build();
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new Refused("the address " + text + " is no URL", "Write http://HOST:PORT");
    }
  }

  /** The first line of that file, or of standard input. */
  static String read(String file, Surroundings around) {
    try {
      var text =
          file.equals("-")
              ? new String(around.in().readAllBytes(), StandardCharsets.UTF_8)
              : Files.readString(Path.of(file));
      return text.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(new IOException("the key cannot be read from " + file, e));
    }
  }

  private static SSLContext trusting(Path pem) throws IOException {
    try (var in = Files.newInputStream(pem)) {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (var each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + store.size(), each);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(pem + " has no certificates in PEM", e);
    }
  }
}
