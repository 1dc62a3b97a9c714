package dev.retriever.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A node as a process on a loopback address of its own, where it has all ports as a pod has. */
final class PodProcess implements AutoCloseable {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String ip;
  private final Ports ports;
  private final Path log;
  private final Process process;

  /** The same in every pod. */
  record Ports(int management, int bootstrap, int remoting) {}

  /**
   * @param token the file with what it shows to the Kubernetes API
   * @param database settings of where it stores
   */
  PodProcess(
      String ip, Ports ports, KubernetesStub api, Path token, String database, Path directory)
      throws IOException {
    this.ip = ip;
    this.ports = ports;
    this.log = directory.resolve("node-" + ip + ".log");
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = new ArrayList<String>();
    command.addAll(List.of(java, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Dpekko.discovery.kubernetes-api.api-ca-path=" + api.ca());
    command.add("-Dpekko.discovery.kubernetes-api.api-token-path=" + token);
    ConfigFactory.parseString(database)
        .entrySet()
        .forEach(it -> command.add("-D" + it.getKey() + "=" + it.getValue().unwrapped()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.matches("(RETRIEVER|KUBERNETES)_.*"));
    environment.putAll(environment(api));
    process = builder.start();
  }

  private Map<String, String> environment(KubernetesStub api) {
    return Map.ofEntries(
        Map.entry("RETRIEVER_CLUSTER", "kubernetes"),
        Map.entry("RETRIEVER_KUBERNETES_NAMESPACE", KubernetesStub.NAMESPACE),
        Map.entry("RETRIEVER_KUBERNETES_SELECTOR", "app=retriever,tier=test"),
        Map.entry("RETRIEVER_KUBERNETES_CONTACT_POINTS", "3"),
        Map.entry("KUBERNETES_SERVICE_HOST", "127.0.0.1"),
        Map.entry("KUBERNETES_SERVICE_PORT", "" + api.port()),
        Map.entry("RETRIEVER_HTTP_HOST", ip),
        Map.entry("RETRIEVER_HTTP_PORT", "0"),
        Map.entry("RETRIEVER_MANAGEMENT_HOST", ip),
        Map.entry("RETRIEVER_MANAGEMENT_PORT", "" + ports.management()),
        Map.entry("RETRIEVER_BOOTSTRAP_PORT", "" + ports.bootstrap()),
        Map.entry("RETRIEVER_REMOTING_HOST", ip),
        Map.entry("RETRIEVER_REMOTING_PORT", "" + ports.remoting()),
        Map.entry("RETRIEVER_PEKKO_LOG_LEVEL", "INFO"));
  }

  String remoting() {
    return "pekko://retriever@" + ip + ":" + ports.remoting();
  }

  /**
   * @param status 0 when nothing listens yet
   */
  public record Answer(int status, Optional<String> type, JsonNode json) {}

  /** What the management port answers. */
  Answer get(String path) {
    return get(ports.management(), path);
  }

  /** What the bootstrap port answers. */
  Answer bootstrap(String path) {
    return get(ports.bootstrap(), path);
  }

  private Answer get(int port, String path) {
    if (!process.isAlive()) {
      throw new AssertionError("the node on " + ip + " has ended: " + log());
    }
    var uri = URI.create("http://" + ip + ":" + port + path);
    try {
      var request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
      var response = CLIENT.send(request, BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Content-Type"),
          JSON.readTree(response.body()));
    } catch (IOException e) {
      return new Answer(0, Optional.empty(), JSON.missingNode());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
