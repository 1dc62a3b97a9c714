package dev.retriever.cli;

import dev.retriever.cli.text.Table;
import dev.retriever.client.problem.ProblemException;
import dev.retriever.client.problem.RetrieverException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line for callers and operators. */
@Command(
    name = "retriever",
    description = "Speaks to nodes of Retriever over their HTTP API.",
    subcommands = {
      FetchCli.class,
      QueueCli.class,
      ScheduleCli.class,
      CallbackCli.class,
      KeyCli.class,
      SearchCli.class,
      BulkCli.class,
      TopCli.class,
      DoctorCli.class,
      ContextCli.class,
      CompletionCli.class,
      HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    version = "retriever 0.1.0-SNAPSHOT",
    footer = {
      "",
      "Exit codes: 0 fine, 1 refused or not answered, 2 wrong arguments. Of a fetch: 0 answered 2xx, 10 another",
      "status, 11 failed, 12 unknown, 13 cancelled, 14 not settled in time, 15 not shown."
    })
public final class Cli implements Callable<Integer> {
  private static final String KEY_LEFT_OUT =
      "Give a key with --key-file: that of the context is sent to the addresses of the context"
          + " alone.";

  @Spec private CommandSpec spec;

  @Mixin private final Session session = new Session();

  private Cli(Surroundings around) {
    session.in(around);
  }

  Session session() {
    return session;
  }

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    // From Java 22 on there may be a console without a terminal; ask for the one that knows.
    System.setProperty("jdk.console", "java.base");
    System.exit(run(Surroundings.ofProcess(), args));
  }

  /** Runs a command, and gives its code. */
  public static int run(Surroundings around, String... args) {
    return commandLine(around).execute(args);
  }

  static CommandLine commandLine(Surroundings around) {
    var cli = new Cli(around);
    return new CommandLine(cli)
        .setOut(around.out())
        .setErr(around.err())
        .setUsageHelpWidth(Math.min(120, Math.max(80, around.width())))
        // -d @FILE is a body, and no file of arguments.
        .setExpandAtFiles(false)
        .registerConverter(Duration.class, new DurationReader())
        .setParameterExceptionHandler(Cli::correct)
        .setExecutionExceptionHandler((e, line, parsed) -> cli.explain(around, e));
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** Prints what is wrong and where the help is, without the help, which would bury it. */
  private static int correct(ParameterException e, String[] arguments) {
    var command = e.getCommandLine();
    command.getErr().println("retriever: " + Table.plain(String.valueOf(e.getMessage())));
    command.getErr().println("  next: " + command.getCommandSpec().qualifiedName() + " --help");
    command.getErr().flush();
    return ExitCodes.WRONG_ARGUMENTS;
  }

  private int explain(Surroundings around, Exception e) throws Exception {
    try {
      throw e;
    } catch (CurlText.Printed printed) {
      return ExitCodes.DONE;
    } catch (ProblemException problem) {
      var isForKey = problem.status() == 401 && session.connection().isKeyLeftOut();
      var next = isForKey ? KEY_LEFT_OUT : problem.nextStep();
      var code = told(around, problem.getMessage(), next);
      problem.errors().stream()
          .filter(it -> !problem.detail().contains(it.detail()))
          .forEach(it -> around.err().println(fault(it)));
      return code;
    } catch (RetrieverException failure) {
      return told(around, failure.getMessage(), failure.nextStep());
    } catch (Refused refused) {
      told(around, refused.getMessage(), refused.nextStep());
      return refused.exitCode();
    } catch (UncheckedIOException failure) {
      return told(around, failure.getCause().getMessage(), "Check the file, and its permissions.");
    } catch (IllegalStateException incomplete) {
      return told(
          around, incomplete.getMessage(), "Add --management URL, or use a context that has it.");
    } catch (IllegalArgumentException wrong) {
      return told(around, wrong.getMessage(), "Correct the arguments.");
    }
  }

  private static String fault(ProblemException.FieldFault fault) {
    return Table.plain("  " + fault.pointer() + ": " + fault.detail());
  }

  private static int told(Surroundings around, String what, String nextStep) {
    // Some messages end with what to do, for those who read nothing but them.
    var next = " " + nextStep;
    var sentence = what.endsWith(next) ? what.substring(0, what.length() - next.length()) : what;
    around.err().println("retriever: " + Table.plain(sentence));
    around.err().println("  next: " + nextStep);
    around.err().flush();
    return ExitCodes.REFUSED;
  }
}
