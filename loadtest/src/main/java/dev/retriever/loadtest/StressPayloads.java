package dev.retriever.loadtest;

import java.io.IOException;
import java.util.List;

/** Ever larger outcomes to many subscribers: which are the largest that come whole. */
final class StressPayloads implements Scenario {
  private static final List<Integer> KILOBYTES = List.of(100, 500, 1_000);
  private static final Stress ROW =
      Stress.of(
          "payloads",
          "outcomes of 100 KB, 500 KB and 1 MB",
          Stress.subscribers(100, 6),
          Stress.channels(10, 2),
          Stress.events(100, 4));

  @Override
  public String name() {
    return ROW.name();
  }

  @Override
  public Group group() {
    return Group.D;
  }

  @Override
  public String summary() {
    return ROW.summary();
  }

  @Override
  public List<Size> sizes() {
    return ROW.sizes();
  }

  @Override
  public List<String> parts() {
    return KILOBYTES.stream().map(size -> size + "kb").toList();
  }

  @Override
  public Result run(Context context) throws IOException, InterruptedException {
    var draft = context.draft();
    var largest = 0;
    for (var size : KILOBYTES) {
      if (context.includes(size + "kb")) {
        var whole =
            context.stage(
                size + "kb", stage -> new StressRun(ROW, context, stage, size * 1_000).into(draft));
        largest = whole ? size : largest;
      }
    }
    draft.finding("The largest outcome that came whole to all is of %d KB.", largest);
    return draft.done();
  }
}
