package dev.retriever.loadtest.cost;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a node's clock is ahead of the caller's, in milliseconds. The node handled a submission
 * between its sending and its answer, so each call bounds the difference from both sides. The calls
 * with the tightest bounds decide.
 *
 * @param aheadMs may be negative
 * @param withinMs the error of that, to both sides
 * @param seen the least difference that each call proves, to either side
 */
public record ClockSkew(double aheadMs, double withinMs, Deviation seen) {
  /** The part of the calls that decides. */
  private static final double TIGHTEST = 0.1;

  /** Clocks are read in whole milliseconds, at both ends. */
  private static final double ROUNDING = 2;

  static final ClockSkew NONE = new ClockSkew(0, 0, new Deviation(0, 0, 0, 0));

  private record Key(String originId, String fetchId) {}

  private record Span(double from, double to) {
    private Span and(Span other) {
      return new Span(Math.min(from, other.from), Math.max(to, other.to));
    }
  }

  /** The bounds that one call gives. */
  private record Word(double atLeast, double atMost) {
    private double room() {
      return atMost - atLeast;
    }

    private double middle() {
      return (atLeast + atMost) / 2;
    }

    /** The least difference, to either side. */
    private double proved() {
      return Math.max(0, Math.max(atLeast, -atMost));
    }
  }

  /**
   * @param lines of one node
   */
  static ClockSkew of(List<InvocationLine> lines, List<Batch> batches) {
    var submitted = new HashMap<Key, Span>();
    var all = new HashMap<Key, Span>();
    for (var line : lines) {
      var key = new Key(line.originId(), line.fetchId().orElse(""));
      var span = new Span(line.timestampMs(), line.endMs());
      if (line.isSubmission()) {
        submitted.putIfAbsent(key, span);
      }
      if (line.isSubmission() || line.isReport()) {
        all.merge(key, span, Span::and);
      }
    }
    var words = words(submitted, all, batches);
    if (words.isEmpty()) {
      return NONE;
    }
    words.sort(Comparator.comparingDouble(Word::room));
    var best = words.subList(0, (int) Math.ceil(words.size() * TIGHTEST));
    return new ClockSkew(
        median(best),
        Math.max(0, best.get(best.size() - 1).room() / 2),
        Deviation.of(words.stream().mapToDouble(Word::proved)));
  }

  private static List<Word> words(
      Map<Key, Span> submitted, Map<Key, Span> all, List<Batch> batches) {
    var words = new ArrayList<Word>();
    for (var batch : batches) {
      for (var call : batch.calls()) {
        var span = (call.waited() ? all : submitted).get(new Key(call.originId(), call.fetchId()));
        if (span != null) {
          var word = word(call, span);
          // A report that came again, after the answer, says nothing.
          if (word.room() >= -ROUNDING) {
            words.add(word);
          }
        }
      }
    }
    return words;
  }

  private static Word word(Batch.Call call, Span span) {
    return new Word(span.to() - call.heardMs(), span.from() - call.sentMs());
  }

  private static double median(List<Word> words) {
    var sorted = words.stream().mapToDouble(Word::middle).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
