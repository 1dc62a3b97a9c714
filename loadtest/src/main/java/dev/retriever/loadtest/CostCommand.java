package dev.retriever.loadtest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.cost.Batch;
import dev.retriever.loadtest.cost.CostReport;
import dev.retriever.loadtest.cost.InvocationLine;
import dev.retriever.loadtest.cost.InvocationLines;
import dev.retriever.loadtest.cost.PriceSheet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "cost",
    description = "Computes the cost of fetches from invocation logs, one file for each node.",
    mixinStandardHelpOptions = true)
final class CostCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Invocation logs.")
  private List<Path> files;

  @Option(
      names = "--batches",
      paramLabel = "FILE",
      description =
          "Calls with their times, as the dispatch scenario writes them (default: all lines are one batch).")
  private Optional<Path> batches = Optional.empty();

  @Option(
      names = "--prices",
      paramLabel = "FILE",
      description = "A further price sheet; repeatable.")
  private List<Path> sheets = List.of();

  @Override
  public Integer call() throws IOException {
    var prices = new ArrayList<>(PriceSheet.shipped());
    for (var sheet : sheets) {
      prices.add(PriceSheet.read(sheet));
    }
    var lines = new ArrayList<InvocationLine>();
    for (var file : files) {
      lines.addAll(read(file));
    }
    var report =
        batches.isPresent()
            ? CostReport.of(lines, batches(batches.get()), prices)
            : CostReport.ofAll(lines, prices);
    var out = spec.commandLine().getOut();
    out.print(report.text());
    out.flush();
    return LoadTest.KEPT;
  }

  private List<InvocationLine> read(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException("no invocation log can be read at " + file);
    }
    var log = InvocationLines.read(file);
    if (log.unreadable() > 0) {
      spec.commandLine()
          .getErr()
          .println("warning: " + file + " has " + log.unreadable() + " malformed lines");
    }
    return log.lines();
  }

  private static List<Batch> batches(Path file) throws IOException {
    try {
      return List.of(new ObjectMapper().readValue(Files.readString(file), Batch[].class));
    } catch (JsonProcessingException e) {
      throw new IOException(file + " has no batches: " + e.getOriginalMessage(), e);
    }
  }
}
