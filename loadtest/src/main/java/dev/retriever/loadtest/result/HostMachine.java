package dev.retriever.loadtest.result;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The machine on which figures were measured, without anything that identifies its owner.
 *
 * @param memoryMib memory of the machine; 0 when unknown
 * @param commit the short id; empty when unknown; with a plus when files were changed
 */
public record HostMachine(int cores, long memoryMib, String java, String os, String commit) {
  private static final int GIT_SECONDS = 5;

  public static HostMachine here() {
    return new HostMachine(
        Runtime.getRuntime().availableProcessors(),
        memory(),
        System.getProperty("java.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        checkedOut());
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize() >> 20
        : 0;
  }

  private static String checkedOut() {
    var commit = git("rev-parse", "--short", "HEAD");
    var changed = git("status", "--porcelain", "--untracked-files=no");
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
