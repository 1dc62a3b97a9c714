package dev.retriever.loadtest;

import dev.retriever.loadtest.demo.Demo;
import dev.retriever.loadtest.pace.Progress;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description = {
      "Starts a node and a target, submits fetches of several kinds, kills the node in the middle,",
      "starts it again, and shows all outcomes. Takes less than a minute."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--stay",
      description = {
        "Leaves the node running afterwards, with a fetch a second for an hour at most, and prints",
        "the address of its dashboard. Ctrl+C ends it."
      })
  private boolean stay;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return Demo.run(System.out, Progress.onTerminal(), stay) ? LoadTest.KEPT : LoadTest.BROKEN;
  }
}
