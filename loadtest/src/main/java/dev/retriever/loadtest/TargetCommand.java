package dev.retriever.loadtest;

import dev.retriever.loadtest.server.TargetServer;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "target",
    description = "Runs the target server on 127.0.0.1 until it is interrupted.",
    mixinStandardHelpOptions = true)
final class TargetCommand implements Callable<Integer> {
  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Port to listen on; 0 picks a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--token",
      paramLabel = "T",
      description = "Answer 403 to requests without it in X-Test-Token.")
  private String token;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port < 0 || port > 65_535) {
      throw new ParameterException(spec.commandLine(), "--port must be 0 to 65535, not " + port);
    }
    var target = TargetServer.start(port, Optional.ofNullable(token));
    Runtime.getRuntime().addShutdownHook(new Thread(target::close, "target-close"));
    var out = spec.commandLine().getOut();
    out.println("target ready url=" + target.uri());
    out.flush();
    new CountDownLatch(1).await();
    return LoadTest.KEPT;
  }
}
