package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.load.Submission;
import java.util.List;
import java.util.Locale;

/** Who makes the attempts of an origin's fetches. */
enum Dispatch {
  DIRECT("direct", "the origin itself"),
  PROXY("proxy", "executors of its node"),
  NODES("nodes", "executors of another node");

  /** The origins that fetches are made of, and whether somebody waits there. */
  enum Origins {
    /** Each has made a fetch before, and has left memory. */
    COLD("cold"),
    /** It has just settled one. */
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
  private final String who;

  Dispatch(String word, String who) {
    this.word = word;
    this.who = who;
  }

  String word() {
    return word;
  }

  String who() {
    return who;
  }

  Submission of(Submission spec) {
    return this == DIRECT ? spec.direct() : spec;
  }

  /**
   * A number of fetches that are compared with others.
   *
   * @param durationMs that the target takes for each; 0 for {@code /uuid}
   * @param lanes so many are under way at once, each on origins of its own
   */
  record Cell(Dispatch dispatch, Origins origins, int durationMs, int fetches, int lanes) {
    private static final int LONG = 5_000;
    private static final int MS_FOR_A_LANE = 50;

    /** What takes long is done by more lanes at once, so that all of it takes seconds. */
    static Cell of(Dispatch dispatch, Origins origins, int durationMs, int fetches) {
      var lanes = durationMs >= LONG ? fetches : durationMs / MS_FOR_A_LANE;
      return new Cell(
          dispatch, origins, durationMs, fetches, Math.max(1, Math.min(lanes, fetches)));
    }

    /** It is done beside others, since most of it is waiting. */
    boolean isLong() {
      return durationMs >= LONG;
    }

    String name() {
      return dispatch.word + "-" + origins.name().toLowerCase(Locale.ROOT) + "-" + durationMs;
    }

    /** Fetches of one lane. */
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

  /** On a node with executors, or on one that has those of another node. */
  static List<Dispatch> of(boolean executorNodes) {
    return executorNodes ? List.of(NODES) : List.of(DIRECT, PROXY);
  }
}
