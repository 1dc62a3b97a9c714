package dev.retriever.loadtest;

import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Scenario.Stores;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** How long runs will take, by what earlier ones took. */
record Estimate(List<Result> earlier, Context.RunOptions options) {
  Estimate {
    earlier = List.copyOf(earlier);
  }

  /**
   * The time of an earlier run, longer by as much as a size has grown; empty if there was none.
   *
   * @return in seconds
   */
  OptionalDouble seconds(Job job) {
    return earlier.stream()
        .filter(it -> it.scenario().equals(job.scenario().name()))
        .filter(it -> it.quick() == options.quick())
        .max(
            Comparator.<Result, Boolean>comparing(it -> it.database().equals(job.kind().words()))
                .thenComparing(Result::startedAt))
        .map(it -> OptionalDouble.of(it.seconds() * grown(it, job)))
        .orElse(OptionalDouble.empty());
  }

  private double grown(Result result, Job job) {
    return job.scenario().sizes().stream()
        .filter(it -> result.settings().containsKey(it.name()))
        .mapToDouble(
            it -> {
              var ran = Double.parseDouble(result.settings().get(it.name()));
              var now = options.full() ? it.ofPlan() : ran;
              return ran > 0 ? now / ran : 1;
            })
        .filter(it -> it > 1)
        .max()
        .orElse(1);
  }

  /**
   * The order in which several at a time are done soonest: none that takes long is left to the end.
   * Of those that never ran, the ones with several nodes take longest.
   */
  List<Job> longestFirst(List<Job> jobs) {
    return jobs.stream()
        .sorted(Comparator.comparingDouble(job -> -seconds(job).orElse(guess(job))))
        .toList();
  }

  private static double guess(Job job) {
    return job.scenario().stores() == Stores.SHARED ? Double.MAX_VALUE : 0;
  }

  /** The time that these runs take together, in words. */
  String words(List<Job> jobs) {
    var known = jobs.stream().map(this::seconds).filter(OptionalDouble::isPresent).toList();
    var sum = known.stream().mapToDouble(OptionalDouble::getAsDouble).sum() / options.atOnce();
    var unknown = jobs.size() - known.size();
    if (known.isEmpty()) {
      return jobs.isEmpty() ? "nothing left" : "time left not known: none of them ran before";
    }
    var more = unknown == 0 ? "" : ", and " + unknown + " that never ran before";
    return "about " + time(sum) + " left" + more;
  }

  /** A duration with its two largest units. */
  static String time(double seconds) {
    var all = Math.round(seconds);
    if (all < 60) {
      return all + " s";
    }
    if (all < 3_600) {
      return String.format(Locale.ROOT, "%d min %d s", all / 60, all % 60);
    }
    return String.format(Locale.ROOT, "%d h %d min", all / 3_600, all % 3_600 / 60);
  }
}
