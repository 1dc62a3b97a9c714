package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.run.Context;
import java.io.IOException;
import java.util.List;

/** Sends ever larger outcomes to many subscribers, to find the largest that arrives unaltered. */
public final class StressPayloads {
  private static final List<Integer> KILOBYTES = List.of(100, 500, 1_000);

  private StressPayloads() {}

  public static List<String> parts() {
    return KILOBYTES.stream().map(size -> size + "kb").toList();
  }

  public static void run(Context context) throws IOException, InterruptedException {
    var largest = 0;
    for (var size : KILOBYTES) {
      if (context.includes(size + "kb")) {
        var whole =
            context.on(
                size + "kb",
                false,
                stage ->
                    new StressRun(stage, size + " KB", Faults.NONE, size * 1_000)
                        .run(StressBed.HEAP)
                        .whole());
        largest = whole ? size : largest;
      }
    }
    context.draft().finding("The largest outcome that came whole to all is of %d KB.", largest);
  }
}
