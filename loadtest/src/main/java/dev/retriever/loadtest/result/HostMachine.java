package dev.retriever.loadtest.result;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The machine on which figures were measured, without anything that identifies its owner.
 *
 * @param memoryMib memory of the machine; 0 when unknown
 * @param commit the short id; empty when unknown; with a plus when files were changed
 * @param storage the kind and size of the file system of the databases; null when unknown
 */
public record HostMachine(
    int cores, long memoryMib, String java, String os, String commit, String storage) {
  private static final int GIT_SECONDS = 5;

  /** What a report writes, which does not make the measured program another one. */
  private static final String[] REPORTS = {
    ":(top,exclude)loadtest/record",
    ":(top,exclude)loadtest/plots",
    ":(top,exclude)loadtest/RESULTS.md"
  };

  public static HostMachine here() {
    return new HostMachine(
        Runtime.getRuntime().availableProcessors(),
        memory(),
        System.getProperty("java.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        checkedOut(),
        storage(Path.of(System.getProperty("java.io.tmpdir"))));
  }

  private static String storage(Path directory) {
    try {
      var store = Files.getFileStore(directory);
      return "%s of %d GB".formatted(store.type(), store.getTotalSpace() / 1_000_000_000);
    } catch (IOException e) {
      return null;
    }
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize() >> 20
        : 0;
  }

  private static String checkedOut() {
    var commit = git("rev-parse", "--short", "HEAD");
    var look = new ArrayList<>(List.of("status", "--porcelain", "--untracked-files=no", "--"));
    look.add(":(top)");
    look.addAll(List.of(REPORTS));
    var changed = git(look.toArray(String[]::new));
    return commit.isEmpty() || changed.isEmpty() ? commit : commit + "+";
  }

  /** The output of git; empty without git or without a checkout. */
  private static String git(String... arguments) {
    var command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      var process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(GIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0
          ? said.strip()
          : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
