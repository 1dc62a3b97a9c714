package dev.retriever.cluster.bulk;

import dev.retriever.cluster.bulk.BulkJob.After;
import dev.retriever.cluster.bulk.BulkJob.Wanted;
import dev.retriever.cluster.search.FetchWalk;
import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.cluster.security.Caller;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** The fetches that a search finds, in the order of their keys. No callback is among them. */
public final class FoundFetches implements BulkSource {
  private final FetchWalk walk;
  private final Map<String, BulkAction> actions = new TreeMap<>();

  /**
   * @param actions by their names; another one is one more here
   */
  public FoundFetches(FetchWalk walk, List<BulkAction> actions) {
    this.walk = walk;
    actions.forEach(action -> this.actions.put(action.name(), action));
  }

  @Override
  public Optional<BulkAction> action(String name) {
    return Optional.ofNullable(actions.get(name));
  }

  @Override
  public List<String> names() {
    return List.copyOf(actions.keySet());
  }

  @Override
  public Map<String, String> checked(Map<String, String> where, BulkAction action, Caller caller) {
    return FetchWalk.checked(where, action.isForSettled());
  }

  @Override
  public CompletionStage<List<Item>> next(BulkJob job) {
    var wanted = job.wanted();
    var after = job.after().map(it -> new Item(it.persistenceId(), "", "", it.place()));
    return walk.next(wanted.actsFor(), wanted.where(), job.until(), after, job.size());
  }

  @Override
  public After after(Item last) {
    return new After(last.persistenceId(), last.place(), Optional.empty());
  }

  @Override
  public CompletionStage<Long> count(Caller caller, Wanted wanted) {
    return walk.count(caller, wanted.where());
  }
}
