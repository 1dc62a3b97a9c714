package dev.retriever.loadtest.process;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;

/**
 * A temporary directory and the resources of one run. All of it is closed and deleted with the
 * workspace, also on an interrupt; only the logs may be kept.
 */
public final class Workspace implements AutoCloseable {
  private final Path root;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Thread onExit = new Thread(this::clear, "workspace-cleanup");
  private boolean keepLogs;
  private boolean cleared;

  private Workspace(Path root) {
    this.root = root;
  }

  /** Work in a workspace; true when every promise was kept. */
  public interface Work {
    boolean in(Workspace workspace) throws IOException, InterruptedException;
  }

  /**
   * Does the work in a new workspace. When a promise was broken or the work failed, it keeps the
   * logs and prints their place.
   *
   * @param name the name of the work, for the directory
   * @param logs the text to print before the directory of the logs
   */
  public static boolean run(String name, String logs, PrintStream out, Work work)
      throws IOException, InterruptedException {
    try (var workspace = create("retriever-" + name + "-")) {
      var kept = false;
      try {
        kept = work.in(workspace);
      } finally {
        if (!kept && workspace.keepLogs()) {
          out.println(logs + workspace.logs());
        }
      }
      return kept;
    }
  }

  public static Workspace create(String prefix) throws IOException {
    var workspace = new Workspace(Files.createTempDirectory(prefix));
    Files.createDirectory(workspace.data());
    Files.createDirectory(workspace.logs());
    Runtime.getRuntime().addShutdownHook(workspace.onExit);
    return workspace;
  }

  public Path data() {
    return root.resolve("data");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  /** Closes the resource with the workspace, before those opened earlier. */
  public synchronized <T extends AutoCloseable> T closing(T resource) {
    open.push(resource);
    return resource;
  }

  /** Closes the resource now. */
  public synchronized void closeEarly(AutoCloseable resource) {
    if (open.remove(resource)) {
      close(resource);
    }
  }

  /**
   * Keeps the logs of a failed run. False when the run was interrupted and the logs are gone
   * already.
   */
  public synchronized boolean keepLogs() {
    keepLogs = true;
    return !cleared;
  }

  @Override
  public void close() {
    clear();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException alreadyExiting) {
      // The hook runs as well and finds nothing left to do.
    }
  }

  private synchronized void clear() {
    if (cleared) {
      return;
    }
    cleared = true;
    while (!open.isEmpty()) {
      close(open.pop());
    }
    deleteQuietly(keepLogs ? data() : root);
  }

  /** Deletes the tree; prints a failure. */
  public static void deleteQuietly(Path tree) {
    try {
      delete(tree);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("cannot delete " + tree + ": " + e.getMessage());
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      System.err.println("cannot clean up: " + e);
    }
  }

  private static void delete(Path tree) throws IOException {
    try (var paths = Files.walk(tree)) {
      paths
          .sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.deleteIfExists(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
