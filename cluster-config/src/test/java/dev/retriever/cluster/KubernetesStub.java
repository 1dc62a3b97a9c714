package dev.retriever.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The Kubernetes API as far as pods see it that look for each other: over TLS with a certificate of
 * its own authority, for bearers of the token, one list of pods by namespace and labels.
 */
final class KubernetesStub implements AutoCloseable {
  static final String NAMESPACE = "stage";
  static final String TOKEN = "eyJ0ZXN0Ijp0cnVlfQ.service-account";

  /** What service accounts may see that the cluster role for it is bound to. */
  private static final String ISSUER_PATH = "/.well-known/openid-configuration";

  private static final String KEYS_PATH = "/openid/v1/jwks";

  private static final char[] PASSWORD = "changeit".toCharArray();

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Path ca;
  private final Path token;
  private final List<Pod> pods;
  private volatile String issuer;
  private volatile byte[] jwks;
  private final Map<Integer, AtomicInteger> answers = new ConcurrentHashMap<>();

  /**
   * @param bootstrapPort of the container's port with that name
   */
  record Pod(String ip, Map<String, String> labels, String phase, int bootstrapPort) {
    private ObjectNode json() {
      var json = JsonNodeFactory.instance.objectNode();
      json.putObject("metadata").put("name", "pod-" + ip).set("labels", labelsJson());
      var container = json.putObject("spec").putArray("containers").addObject();
      container.put("name", "retriever");
      var ports = container.putArray("ports");
      ports.addObject().put("name", "http").put("containerPort", 8080).put("protocol", "TCP");
      ports.addObject().put("name", "management").put("containerPort", 8558);
      ports.addObject().put("name", "bootstrap").put("containerPort", bootstrapPort);
      json.putObject("status").put("phase", phase).put("podIP", ip);
      return json;
    }

    private ObjectNode labelsJson() {
      var json = JsonNodeFactory.instance.objectNode();
      labels.forEach(json::put);
      return json;
    }

    private boolean isSelectedBy(String selector) {
      return Arrays.stream(selector.split(","))
          .map(term -> term.split("=", 2))
          .allMatch(term -> term[1].equals(labels.get(term[0])));
    }
  }

  /**
   * @param directory for its key, and for what is mounted into a pod
   */
  KubernetesStub(Path directory, List<Pod> pods) throws Exception {
    this.pods = List.copyOf(pods);
    this.ca = directory.resolve("ca.crt");
    this.token = Files.writeString(directory.resolve("token"), TOKEN);
    var keys = keys(directory.resolve("keys.p12"));
    Files.writeString(ca, pem(keys.getCertificate("api").getEncoded()));
    var ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    ours.init(keys, PASSWORD);
    var tls = SSLContext.getInstance("TLS");
    tls.init(ours.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  private static KeyStore keys(Path file) throws Exception {
    Keytool.run(
        List.of(
            ("-genkeypair -alias api -keyalg RSA -keysize 2048 -validity 2"
                    + " -dname CN=kubernetes -ext san=ip:127.0.0.1 -ext bc:c"
                    + " -storetype PKCS12 -storepass changeit -keystore "
                    + file)
                .split(" ")));
    var keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static String pem(byte[] certificate) {
    var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate);
    return "-----BEGIN CERTIFICATE-----\n" + lines + "\n-----END CERTIFICATE-----\n";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var json = JsonNodeFactory.instance.objectNode();
      var status = status(exchange);
      var path = exchange.getRequestURI().getPath();
      if (status == 200 && path.equals(ISSUER_PATH)) {
        json.put("issuer", issuer).put("jwks_uri", "https://elsewhere.test/keys");
      } else if (status == 200 && path.equals(KEYS_PATH)) {
        json = (ObjectNode) new ObjectMapper().readTree(jwks);
      } else if (status == 200) {
        var items = json.put("kind", "PodList").put("apiVersion", "v1").putArray("items");
        var selector = selector(exchange);
        pods.stream().filter(pod -> pod.isSelectedBy(selector)).map(Pod::json).forEach(items::add);
      } else {
        json.put("kind", "Status").put("apiVersion", "v1").put("code", status);
      }
      var body = json.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      answers.computeIfAbsent(status, any -> new AtomicInteger()).incrementAndGet();
    }
  }

  private int status(HttpExchange exchange) {
    if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      return 401;
    }
    var path = exchange.getRequestURI().getPath();
    if (path.equals(ISSUER_PATH) || path.equals(KEYS_PATH)) {
      return jwks == null ? 503 : 200;
    }
    if (!path.equals("/api/v1/namespaces/" + NAMESPACE + "/pods")) {
      return 403;
    }
    return selector(exchange).contains("=") ? 200 : 400;
  }

  private static String selector(HttpExchange exchange) {
    var query = exchange.getRequestURI().getRawQuery();
    return query != null && query.startsWith("labelSelector=")
        ? URLDecoder.decode(query.substring("labelSelector=".length()), StandardCharsets.UTF_8)
        : "";
  }

  /** From now on it tells with what it signs tokens; before, it is not able to. */
  void issues(String name, byte[] keys) {
    issuer = name;
    jwks = keys;
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The file with the certificate of the authority, as it is mounted into a pod. */
  Path ca() {
    return ca;
  }

  /** The file with the token, likewise. */
  Path token() {
    return token;
  }

  boolean hasAnsweredWith(int status) {
    return answers.containsKey(status);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
