package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.net.URI;

/** One run of a {@link Stress}: subscribes, publishes events in cycles, leaves, and reports. */
final class StressRun {
  private final TestBed stage;
  private final String name;
  private final Faults faults;
  private final int body;

  /**
   * @param name of its tables and checks
   * @param body of each event; 0 for a small answer
   */
  StressRun(TestBed stage, String name, Faults faults, int body) {
    this.stage = stage;
    this.name = name;
    this.faults = faults.seeded(stage.context().seed());
    this.body = body;
  }

  /** What is fetched for an event with such a body. */
  static Submission spec(URI target, int body) {
    var path = body > 0 ? "/body/" + body : "/uuid";
    return Submission.get(target.resolve(path)).timeout("30s").within("2m");
  }

  StressReport run(String... options) throws IOException, InterruptedException {
    var context = stage.context();
    var spec = spec(stage.target().uri(), body);
    var channels = context.size("channels");
    var node = StressBed.start(stage, channels, options);
    var bed =
        new StressBed(stage, node, faults, context.size("subscribers"), channels, channel -> spec);
    var opened = bed.subscribe();
    var from = System.nanoTime();
    cycles(bed, context);
    var seconds = (System.nanoTime() - from) / 1e9;
    bed.unsubscribe();
    var report = new StressReport(name, bed, opened, seconds, bed.resources().use());
    report.into(stage.draft(), stage.verdict());
    return report;
  }

  private static void cycles(StressBed bed, Context context)
      throws IOException, InterruptedException {
    var events = context.size("events");
    var cycles = context.size("cycles", 1);
    for (var cycle = 0; cycle < cycles; cycle++) {
      var first = events * (long) cycle / cycles;
      var last = events * (cycle + 1L) / cycles;
      bed.publish("c" + cycle, (int) (last - first));
      bed.awaitDeliveries();
      bed.count("after cycle " + (cycle + 1));
    }
  }
}
