package dev.retriever.cli;

import dev.retriever.client.RetrieverClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only has subcommands. */
abstract class GroupCli implements Callable<Integer> {
  @Spec private CommandSpec spec;

  abstract Session session();

  final RetrieverClient client() {
    return session().client();
  }

  @Override
  public final Integer call() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
