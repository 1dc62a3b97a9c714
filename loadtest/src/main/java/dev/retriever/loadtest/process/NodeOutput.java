package dev.retriever.loadtest.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Copies the output of a node to its log, remembers the last lines, and looks for the ready line.
 */
final class NodeOutput implements Runnable {
  private static final int TAIL = 20;

  private final Process process;
  private final Path log;
  private final CompletableFuture<NodeProcess.Ready> ready = new CompletableFuture<>();
  private final Deque<String> last = new ArrayDeque<>();

  NodeOutput(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  @Override
  public void run() {
    try (var in =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        var copy =
            new PrintWriter(
                Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                true)) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        copy.println(line);
        remember(line);
        NodeProcess.Ready.parse(line).ifPresent(ready::complete);
      }
    } catch (IOException e) {
      remember(e.toString());
    }
    ready.completeExceptionally(new IOException("the node ended before it was ready"));
  }

  private synchronized void remember(String line) {
    if (last.size() == TAIL) {
      last.removeFirst();
    }
    last.addLast(line);
  }

  /** Completes with the addresses of the ready line, or fails when the node ends before. */
  CompletableFuture<NodeProcess.Ready> ready() {
    return ready;
  }

  synchronized String tail() {
    return last.isEmpty()
        ? "; it has printed nothing"
        : "; its last lines:\n    " + String.join("\n    ", last);
  }
}
