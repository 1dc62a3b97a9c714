package dev.retriever.loadtest;

import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the scenarios of sleeping origins take besides. */
final class SleepingOptions {
  private static final int ALARMS_MAX = 10_000_000;
  private static final int SECONDS_MAX = 3_600;

  @Option(
      names = "--alarms",
      paramLabel = "N",
      defaultValue = "10000",
      description = "alarms-…: alarms of all origins, to 10000000 (default: ${DEFAULT-VALUE}).")
  private int alarms;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "alarms-due: they are due evenly within so long; 0 for one instant"
              + " (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--delay",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "waiting: how long the target takes (default: ${DEFAULT-VALUE}).")
  private int delay;

  @Option(names = "--postgres", description = "alarms-…: on a PostgreSQL that it brings, on Linux.")
  private boolean postgres;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  Scenario.Sleeping read() {
    between("--alarms", alarms, 1, ALARMS_MAX);
    between("--window", window, 0, SECONDS_MAX);
    between("--delay", delay, 1, SECONDS_MAX);
    return new Scenario.Sleeping(
        alarms, Duration.ofSeconds(window), Duration.ofSeconds(delay), postgres);
  }

  private void between(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ParameterException(
          spec.commandLine(), option + " must be " + min + " to " + max + ", not " + value);
    }
  }
}
