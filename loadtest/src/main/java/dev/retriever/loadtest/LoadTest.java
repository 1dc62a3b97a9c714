package dev.retriever.loadtest;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: the target, the demo, the load scenarios and the simulations. */
@Command(
    name = "retriever",
    description = "Tries out and measures Retriever, durable HTTP fetches.",
    subcommands = {
      HelpCommand.class,
      TargetCommand.class,
      DemoCommand.class,
      ScenarioCommands.class,
      SimulateCommand.class
    },
    mixinStandardHelpOptions = true,
    version = "retriever 0.1.0-SNAPSHOT",
    footer = {
      "",
      "Exit codes: 0 fine, 1 a promise was broken, 2 wrong arguments, 3 could not be run."
    })
public final class LoadTest implements Callable<Integer> {
  static final int KEPT = 0;
  static final int BROKEN = 1;
  static final int COULD_NOT_RUN = 3;

  @Spec private CommandSpec spec;

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    // The node's own log settings are on the class path as well; a child process still uses them.
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "loadtest-logback.xml");
    }
    // From Java 22 on there may be a console without a terminal; ask for the one that knows.
    System.setProperty("jdk.console", "java.base");
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new LoadTest())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(LoadTest::correct)
        .setExecutionExceptionHandler(LoadTest::explain);
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** Prints what is wrong and where the help is, without the help, which would bury it. */
  private static int correct(ParameterException e, String[] arguments) {
    var err = e.getCommandLine().getErr();
    err.println(e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.printf("see ./%s --help%n", e.getCommandLine().getCommandSpec().qualifiedName().strip());
    return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
  }

  /**
   * Prints one line for an error that a user can mend, and a stack trace for a bug of this program.
   */
  private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    if (e instanceof RuntimeException) {
      e.printStackTrace(command.getErr());
    } else {
      command.getErr().println("error: " + e.getMessage());
    }
    return COULD_NOT_RUN;
  }
}
