package dev.retriever.loadtest;

import dev.retriever.loadtest.demo.Demo;
import dev.retriever.loadtest.pace.Progress;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "demo",
    description = {
      "Starts a node and a target, submits fetches of several kinds, kills the node in the middle,",
      "starts it again, and shows all outcomes. Takes less than a minute."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Override
  public Integer call() throws IOException, InterruptedException {
    return Demo.run(System.out, Progress.onTerminal()) ? LoadTest.KEPT : LoadTest.BROKEN;
  }
}
