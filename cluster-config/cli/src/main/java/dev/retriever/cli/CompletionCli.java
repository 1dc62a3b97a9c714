package dev.retriever.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Prints what a shell completes commands with. */
@Command(
    name = "completion",
    description = "Prints completion for bash and zsh: source <(retriever completion)",
    mixinStandardHelpOptions = true)
final class CompletionCli implements Callable<Integer> {
  @ParentCommand private Cli cli;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    cli.session().say(AutoComplete.bash("retriever", spec.root().commandLine()));
    return ExitCodes.DONE;
  }
}
