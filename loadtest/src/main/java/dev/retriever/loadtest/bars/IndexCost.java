package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/**
 * The price of finding fetches: the same quick fetches through a node without the index, one with
 * it, and one whose fetches have four labels, too.
 */
public final class IndexCost {
  private static final double RATE_LEAST = 0.85;
  private static final double NOISE = 0.05;
  private static final int LABELS = 4;

  private final TestBed stage;
  private final InTurn<Kind> nodes;

  /** A kind of node. */
  private enum Kind {
    NONE("no index"),
    PLAIN("index"),
    LABELS("index, 4 labels");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  public IndexCost(TestBed stage) {
    this.stage = stage;
    this.nodes = new InTurn<>(stage, Kind.class, kind -> kind.label);
  }

  public void run() throws IOException, InterruptedException {
    nodes.run(this::start);
    nodes.tables();
    for (var kind : new Kind[] {Kind.PLAIN, Kind.LABELS}) {
      stage
          .draft()
          .graded(
              kind.label + ": fetches a second, of those without",
              nodes.rates(kind, Kind.NONE),
              "×",
              Grade.Bar.atLeast(RATE_LEAST, RATE_LEAST - NOISE));
    }
  }

  private InTurn.Way start(Kind kind) throws IOException, InterruptedException {
    var name = kind.name().toLowerCase(Locale.ROOT);
    var node =
        kind == Kind.NONE
            ? stage.startApart(name, Map.of(), "-Dretriever.node.index.types=")
            : stage.startApart(name, Map.of());
    var fetch = InTurn.fetch(stage);
    return new InTurn.Way(node, stage.api(), kind == Kind.LABELS ? labelled(fetch) : fetch);
  }

  private static Submission labelled(Submission spec) {
    var labelled = spec;
    for (var n = 1; n <= LABELS; n++) {
      labelled = labelled.label("label-" + n, "value-of-label-" + n);
    }
    return labelled;
  }
}
