package dev.retriever.loadtest.crashes;

import dev.retriever.loadtest.crashes.JournalOutcomes.Journaled;
import dev.retriever.loadtest.crashes.KeyTimes.Period;
import dev.retriever.loadtest.ledger.FetchAnswer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Callbacks as they came, compared with the outcomes in the journal. Decides by its arguments
 * alone.
 *
 * @param outcomes in the journal, each of a fetch that names the endpoint
 * @param untold outcomes of which no message was taken
 * @param unfounded messages of fetches that have no outcome in the journal
 * @param ids different ids of messages
 * @param severalIds outcomes that were told under more than one id
 * @param sharedIds ids under which more than one outcome was told
 * @param unverified messages that neither key has signed
 * @param wrongKeys messages with a signature of a key that the endpoint did not have then, or
 *     without one of a key that it had
 * @param incomplete origins whose numbers of outcomes are not those of the journal
 * @param otherwise messages that tell another outcome than the journal, or another time of it
 * @param periods messages by the keys that the endpoint had
 * @param again messages of an outcome that had been told before, whatever was answered then
 * @param takenAgain of these, those after one that was taken
 */
record CallbackTally(
    long outcomes,
    long untold,
    long unfounded,
    long ids,
    long severalIds,
    long sharedIds,
    long unverified,
    long wrongKeys,
    long incomplete,
    long otherwise,
    Map<Period, Long> periods,
    long again,
    long takenAgain) {

  static CallbackTally of(Collection<Journaled> journal, List<ToldOutcome> told, KeyTimes keys) {
    var outcomes =
        journal.stream().collect(Collectors.toMap(it -> it.fetch().id(), Function.identity()));
    var known = told.stream().filter(it -> outcomes.containsKey(it.fetchId())).toList();
    var taken =
        known.stream().filter(ToldOutcome::isTaken).map(ToldOutcome::fetchId).distinct().count();
    return new CallbackTally(
        outcomes.size(),
        outcomes.size() - taken,
        told.size() - known.size(),
        told.stream().map(ToldOutcome::webhookId).distinct().count(),
        several(told, ToldOutcome::fetchId, ToldOutcome::webhookId),
        several(told, ToldOutcome::webhookId, ToldOutcome::fetchId),
        told.stream().filter(it -> !it.signed().isByOld() && !it.signed().isByNew()).count(),
        told.stream().filter(it -> !keys.isRight(it.signed())).count(),
        incomplete(journal, known),
        known.stream().filter(it -> !tells(it, outcomes.get(it.fetchId()).fetch())).count(),
        told.stream()
            .collect(Collectors.groupingBy(it -> keys.at(it.signed().at()), Collectors.counting())),
        told.size() - told.stream().map(ToldOutcome::fetchId).distinct().count(),
        takenAgain(told));
  }

  /** How many of one thing have several of the other. */
  private static long several(
      List<ToldOutcome> told,
      Function<ToldOutcome, String> one,
      Function<ToldOutcome, String> other) {
    return told.stream()
        .collect(Collectors.groupingBy(one, Collectors.mapping(other, Collectors.toSet())))
        .values()
        .stream()
        .filter(others -> others.size() > 1)
        .count();
  }

  private static long incomplete(Collection<Journaled> journal, List<ToldOutcome> told) {
    var there = new HashMap<String, Set<Long>>();
    journal.forEach(
        it ->
            there
                .computeIfAbsent(it.fetch().originId(), origin -> new TreeSet<>())
                .add(it.sequence()));
    var came = new HashMap<String, Set<Long>>();
    told.stream()
        .filter(ToldOutcome::isTaken)
        .forEach(
            it ->
                came.computeIfAbsent(it.originId(), origin -> new TreeSet<>()).add(it.sequence()));
    return there.entrySet().stream()
        .filter(origin -> !origin.getValue().equals(came.get(origin.getKey())))
        .count();
  }

  private static boolean tells(ToldOutcome told, FetchAnswer fetch) {
    return fetch.originId().equals(told.originId())
        && fetch.outcome().filter(it -> it.type().equals(told.outcome())).isPresent()
        && fetch.settledAt().filter(told.settledAt()::equals).isPresent();
  }

  private static long takenAgain(List<ToldOutcome> told) {
    var taken = new HashSet<String>();
    return told.stream()
        .filter(it -> taken.contains(it.fetchId()) || it.isTaken() && !taken.add(it.fetchId()))
        .count();
  }
}
