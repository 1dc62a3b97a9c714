package dev.retriever.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A process of its own, with a small heap, on free ports. */
final class SmallHeapProcess implements AutoCloseable {
  private static final Pattern OUT_OF_MEMORY = Pattern.compile("OutOfMemoryError|out of memory");

  private final Process process;
  private final BufferedReader out;
  private final Path log;
  private Thread rest;

  /**
   * @param main the class to run
   * @param arguments that it is given
   */
  SmallHeapProcess(String heap, Path directory, Class<?> main, String... arguments)
      throws IOException {
    this(heap, directory, Map.of(), main, arguments);
  }

  /**
   * @param more variables of its environment
   * @param main the class to run
   * @param arguments that it is given
   */
  SmallHeapProcess(
      String heap, Path directory, Map<String, String> more, Class<?> main, String... arguments)
      throws IOException {
    log = directory.resolve("process.log");
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        new ArrayList<>(
            List.of(java, "-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectError(log.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("RETRIEVER_"));
    environment.put("RETRIEVER_DATA_DIR", directory.resolve("data").toString());
    environment.put("RETRIEVER_HTTP_PORT", "0");
    environment.put("RETRIEVER_MANAGEMENT_PORT", "0");
    environment.put("RETRIEVER_REMOTING_PORT", "0");
    environment.put("RETRIEVER_EGRESS_ALLOW", "127.0.0.0/8");
    environment.putAll(more);
    process = builder.start();
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Reads lines until one begins so; they are appended to the log. */
  String awaitLine(String beginning) throws IOException {
    for (var line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(beginning)) {
        drainLater();
        return line;
      }
    }
    throw new AssertionError("no line '" + beginning + "'; its log says: " + log());
  }

  private void drainLater() {
    rest =
        new Thread(
            () -> {
              try (var rest = Files.newBufferedWriter(log.resolveSibling("process.out"))) {
                out.transferTo(rest);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            "output-of-process");
    rest.setDaemon(true);
    rest.start();
  }

  /** What follows a name in a line such as {@code ready api=http://… management=http://…}. */
  static URI at(String line, String name) {
    var match = Pattern.compile(name + "=(\\S+)").matcher(line);
    if (!match.find()) {
      throw new AssertionError("no " + name + " in: " + line);
    }
    return URI.create(match.group(1));
  }

  boolean ranOutOfMemory() throws IOException {
    var all = log() + output();
    return !process.isAlive() || OUT_OF_MEMORY.matcher(all).find();
  }

  String log() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  private String output() throws IOException {
    var rest = log.resolveSibling("process.out");
    return Files.exists(rest) ? Files.readString(rest) : "";
  }

  /** Of the output of a process that has ended. */
  String lastLine() throws IOException, InterruptedException {
    rest.join();
    var lines = output().lines().toList();
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  int exitCode() throws InterruptedException {
    return process.waitFor(5, TimeUnit.MINUTES) ? process.exitValue() : -1;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
