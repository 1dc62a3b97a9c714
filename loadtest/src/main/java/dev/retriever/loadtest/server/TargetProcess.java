package dev.retriever.loadtest.server;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A target in a process of its own, so that the files that it has open do not count with those of
 * the load test. Closing ends the process.
 */
public final class TargetProcess implements AutoCloseable {
  private static final String MAIN = "dev.retriever.loadtest.LoadTest";
  private static final String READY = "target ready url=";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int END_SECONDS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> OPTIONS =
      List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final Process process;
  private final HttpClient client;
  private final URI uri;

  private TargetProcess(Process process) throws IOException {
    this.process = process;
    client = HttpClient.newHttpClient();
    uri = URI.create(ready());
  }

  /** Starts it; returns when it is ready. */
  public static TargetProcess start() throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder = new ProcessBuilder(java);
    builder.command().addAll(OPTIONS);
    builder.command().addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "target"));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    var process = builder.start();
    try {
      return new TargetProcess(process);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private String ready() throws IOException {
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var line = out.readLine();
    if (line == null || !line.startsWith(READY)) {
      throw new IOException("a target did not say that it is ready, but: " + line);
    }
    return line.substring(READY.length()).strip();
  }

  public URI uri() {
    return uri;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The requests that wait for answers now. */
  public int atOnce() throws IOException, InterruptedException {
    return JSON.readTree(send("GET", "/waiting")).path("waiting").asInt();
  }

  /** Answers all requests of {@code /hold} that wait now. */
  public void release() throws IOException, InterruptedException {
    send("POST", "/release");
  }

  /** Hits by fetch id and attempt, as of now. */
  public Map<String, Map<Integer, Integer>> hits() throws IOException, InterruptedException {
    return JSON.readValue(send("GET", "/hits"), new TypeReference<>() {});
  }

  private String send(String method, String path) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri.resolve(path))
            .timeout(LIMIT)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(method + " " + path + " was answered " + response.statusCode());
    }
    return response.body();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
