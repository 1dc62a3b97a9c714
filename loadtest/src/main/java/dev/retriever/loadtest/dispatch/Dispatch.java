package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.load.Submission;
import java.util.List;
import java.util.Locale;

/** The ways to make the attempts of an origin's fetches. */
enum Dispatch {
  DIRECT("direct", "the origin itself"),
  PROXY("proxy", "executors of its node"),
  QUEUED("queued", "executors of its node, after a grant of a queue"),
  NODES("nodes", "executors of another node");

  /** The state of origins before a fetch, and whether a caller waits. */
  enum Origins {
    /** Each has made a fetch before, and has left memory. */
    COLD("cold"),
    /** Each has just settled a fetch. */
    WARM("warm"),
    /** The same, and the caller waits for the outcome. */
    WAITED("warm, waited for");

    private final String words;

    Origins(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private final String word;
  private final String madeBy;

  Dispatch(String word, String madeBy) {
    this.word = word;
    this.madeBy = madeBy;
  }

  String word() {
    return word;
  }

  String madeBy() {
    return madeBy;
  }

  /** The queue of the queued ones, which has more slots than a run needs. */
  static final String QUEUE = "dispatch";

  Submission of(Submission spec) {
    return switch (this) {
      case DIRECT -> spec.direct();
      case QUEUED -> spec.queue(QUEUE);
      case PROXY, NODES -> spec;
    };
  }

  /**
   * A set of like fetches that is compared with others.
   *
   * @param durationMs the time that the target takes for each; 0 for {@code /uuid}
   * @param lanes the number of fetches in flight at once, each on its own origins
   */
  record Cell(Dispatch dispatch, Origins origins, int durationMs, int fetches, int lanes) {
    private static final int LONG = 5_000;
    private static final int MS_FOR_A_LANE = 50;

    /** Long fetches get more lanes, so that a cell takes seconds. */
    static Cell of(Dispatch dispatch, Origins origins, int durationMs, int fetches) {
      var lanes = durationMs >= LONG ? fetches : durationMs / MS_FOR_A_LANE;
      return new Cell(
          dispatch, origins, durationMs, fetches, Math.max(1, Math.min(lanes, fetches)));
    }

    /** Whether it runs at the same time as others, since it mostly waits. */
    boolean isLong() {
      return durationMs >= LONG;
    }

    String name() {
      return dispatch.word + "-" + origins.name().toLowerCase(Locale.ROOT) + "-" + durationMs;
    }

    /** The number of fetches of a lane. */
    int inLane(int lane) {
      return fetches / lanes + (lane < fetches % lanes ? 1 : 0);
    }

    String origin(int lane, int i) {
      return origins == Origins.COLD ? name() + "-" + lane + "-" + i : name() + "-" + lane;
    }

    String id(int lane, int i) {
      return name() + "-" + lane + "-" + i + "-f";
    }
  }

  /** The dispatches of a node with its own executors, or with those of another node. */
  static List<Dispatch> of(boolean executorNodes) {
    return executorNodes ? List.of(NODES) : List.of(DIRECT, PROXY, QUEUED);
  }
}
