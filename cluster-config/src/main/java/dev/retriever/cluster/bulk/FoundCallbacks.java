package dev.retriever.cluster.bulk;

import dev.retriever.cluster.bulk.BulkJob.After;
import dev.retriever.cluster.bulk.BulkJob.Wanted;
import dev.retriever.cluster.callbacks.EndpointProblems;
import dev.retriever.cluster.callbacks.rows.DeadCallback;
import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.cluster.callbacks.rows.EndpointStore;
import dev.retriever.cluster.callbacks.rows.EndpointStore.Place;
import dev.retriever.cluster.database.StoreWork;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.cluster.security.Caller;
import dev.retriever.origin.callback.CallbackChoice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The dead callbacks of an endpoint, in the order in which they died. What is redriven is dead no
 * more, so that a page that is found anew has others.
 */
public final class FoundCallbacks implements BulkSource {
  /** The name of the filter that makes a job one of callbacks. */
  static final String CALLBACK = "callback";

  private static final String STATE = "state";
  private static final String DEAD = "dead";

  private final EndpointStore store;
  private final Executor threads;
  private final BulkAction redrive;

  /**
   * @param threads may wait for the database
   */
  public FoundCallbacks(EndpointStore store, Executor threads, BulkAction redrive) {
    this.store = store;
    this.threads = threads;
    this.redrive = redrive;
  }

  @Override
  public Optional<BulkAction> action(String name) {
    return Optional.of(redrive).filter(it -> it.name().equals(name));
  }

  @Override
  public List<String> names() {
    return List.of(redrive.name());
  }

  @Override
  public Map<String, String> checked(Map<String, String> where, BulkAction action, Caller caller) {
    if (!CallbackChoice.isName(where.get(CALLBACK))) {
      throw JsonFields.invalid("/where/" + CALLBACK, "must be the name of a callback endpoint");
    }
    if (!where.getOrDefault(STATE, DEAD).equals(DEAD)) {
      throw JsonFields.invalid(
          "/where/" + STATE, "must be dead, or be left out: only dead callbacks are made again");
    }
    var terms = new TreeMap<>(Map.of(CALLBACK, where.get(CALLBACK), STATE, DEAD));
    if (!terms.keySet().containsAll(where.keySet())) {
      throw JsonFields.invalid("/where", "has callback, and so nothing else but state");
    }
    EndpointProblems.checkAllOrigins(caller);
    return terms;
  }

  private static EndpointKey key(Wanted wanted) {
    return new EndpointKey(wanted.tenant(), wanted.where().get(CALLBACK));
  }

  @Override
  public CompletionStage<List<Item>> next(BulkJob job) {
    var after =
        job.after().map(it -> new Place(it.place(), it.persistenceId(), it.fetchId().orElse("")));
    return StoreWork.begin(
        threads,
        () ->
            store.dead(key(job.wanted()), after, job.size()).stream()
                .filter(it -> !it.row().at().isAfter(job.until()))
                .map(FoundCallbacks::item)
                .toList());
  }

  private static Item item(DeadCallback dead) {
    var row = dead.row();
    return new Item(dead.persistenceId(), dead.originId(), row.fetchId(), row.at().toEpochMilli());
  }

  @Override
  public After after(Item last) {
    return new After(last.persistenceId(), last.place(), Optional.of(last.fetchId()));
  }

  @Override
  public CompletionStage<Long> count(Caller caller, Wanted wanted) {
    return StoreWork.begin(threads, () -> store.dead(key(wanted), wanted.max()));
  }
}
