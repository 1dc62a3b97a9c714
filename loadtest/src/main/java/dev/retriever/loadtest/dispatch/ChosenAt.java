package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.cost.PriceSheet;
import dev.retriever.loadtest.dispatch.Dispatch.Origins;
import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.ResultDraft;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which dispatch to choose for calls of one duration, by lines through the measured ones.
 *
 * @param plan the prices at which the choice is made
 */
record ChosenAt(List<DispatchCost> costs, PriceSheet plan, double durationMs) {
  private static final List<Dispatch> CHOICES =
      List.of(Dispatch.PROXY, Dispatch.DIRECT, Dispatch.QUEUED);

  /** The figures of a dispatch at that duration. */
  private record Way(Dispatch dispatch, double cost, double addedMs) {
    String words() {
      return String.format(
          Locale.ROOT, "%s adds %.0f ms and costs $%.0f", dispatch.word(), addedMs, cost);
    }
  }

  /** Says nothing unless direct and proxy were measured on both sides of the duration. */
  void into(ResultDraft draft) {
    var ways = CHOICES.stream().flatMap(this::way).toList();
    var proxy = cost(ways, Dispatch.PROXY);
    var direct = cost(ways, Dispatch.DIRECT);
    if (proxy.isPresent() && direct.isPresent()) {
      draft.answer(
          Headline.CHOICE,
          "%s %s, each for a million fetches of origins that sleep, at the prices of `%s`.",
          choice(proxy.getAsDouble(), direct.getAsDouble()),
          ways.stream().map(Way::words).collect(Collectors.joining("; ")),
          plan.name());
    }
  }

  private static String choice(double proxy, double direct) {
    return proxy <= direct
        ? "**proxy**; with a queue where a target must be protected."
        : "**direct** if the call may be made again, else **proxy**.";
  }

  private static OptionalDouble cost(List<Way> ways, Dispatch dispatch) {
    return ways.stream().filter(it -> it.dispatch() == dispatch).mapToDouble(Way::cost).findFirst();
  }

  private Stream<Way> way(Dispatch dispatch) {
    var cells =
        costs.stream()
            .filter(it -> it.cell().dispatch() == dispatch && it.cell().origins() == Origins.COLD)
            .toList();
    var under =
        cells.stream()
            .filter(it -> it.cell().durationMs() <= durationMs)
            .max(java.util.Comparator.comparing(it -> it.cell().durationMs()));
    var over =
        cells.stream()
            .filter(it -> it.cell().durationMs() >= durationMs)
            .min(java.util.Comparator.comparing(it -> it.cell().durationMs()));
    return under.stream().flatMap(low -> over.stream().map(high -> between(dispatch, low, high)));
  }

  private Way between(Dispatch dispatch, DispatchCost low, DispatchCost high) {
    var span = high.cell().durationMs() - low.cell().durationMs();
    var part = span == 0 ? 0 : (durationMs - low.cell().durationMs()) / span;
    return new Way(
        dispatch,
        at(part, plan.perMillion(low.each()), plan.perMillion(high.each())),
        at(part, low.times().addedMs(), high.times().addedMs()));
  }

  private static double at(double part, double low, double high) {
    return low + part * (high - low);
  }
}
