package dev.retriever.origin.testkit;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Chooses the script of each request, and records the sent requests. Thread-safe. */
final class Scripts {
  /** A script and its condition; counts, by fetch, the attempts that have followed it. */
  private record Rule(Predicate<FetchRequest> wanted, Script script, Map<String, Integer> used) {}

  private final Map<String, Rule> byFetch = new HashMap<>();
  private final List<Rule> byRequest = new ArrayList<>();
  private Optional<Rule> otherwise = Optional.empty();
  private final List<WireRequest> sent = new ArrayList<>();
  private Optional<AssertionError> unscripted = Optional.empty();

  synchronized Script whenFetch(String fetchId) {
    var rule = rule(request -> true);
    byFetch.put(fetchId, rule);
    return rule.script();
  }

  synchronized Script when(Predicate<FetchRequest> wanted) {
    var rule = rule(wanted);
    byRequest.add(0, rule);
    return rule.script();
  }

  synchronized Script otherwise() {
    var rule = rule(request -> true);
    otherwise = Optional.of(rule);
    return rule.script();
  }

  private static Rule rule(Predicate<FetchRequest> wanted) {
    return new Rule(wanted, new Script(), new HashMap<>());
  }

  /** The step of that attempt. Without a script it is empty, and remembered as a failure. */
  synchronized Optional<Step> next(AttemptKey key, FetchRequest request, ScriptTime time) {
    var rule =
        Optional.ofNullable(byFetch.get(key.fetchId()))
            .or(() -> byRequest.stream().filter(it -> it.wanted().test(request)).findFirst())
            .or(() -> otherwise);
    var step =
        rule.flatMap(it -> it.script().step(it.used().merge(key.fetchId(), 1, Integer::sum) - 1));
    if (step.isEmpty() && unscripted.isEmpty()) {
      unscripted = Optional.of(new AssertionError(unscripted(key, request)));
    }
    if (step.filter(Step::isSent).isPresent()) {
      sent.add(new WireRequest(key.fetchId(), key.attempt(), time.now(), request));
    }
    return step;
  }

  private static String unscripted(AttemptKey key, FetchRequest request) {
    return "no script says what becomes of attempt "
        + key.attempt()
        + " of fetch "
        + key.fetchId()
        + " ("
        + request
        + "). Say it before the fetch is made: kit.whenFetch(\""
        + key.fetchId()
        + "\").answers(200), or kit.when(request -> …) for some, or kit.otherwise() for all others";
  }

  synchronized List<WireRequest> sent() {
    return List.copyOf(sent);
  }

  /** Throws the remembered failure, once. */
  synchronized void throwUnscripted() {
    var failure = unscripted;
    unscripted = Optional.empty();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }
}
