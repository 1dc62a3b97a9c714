package dev.retriever.cluster.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.bulk.BulkCommand.FindPage;
import dev.retriever.cluster.bulk.BulkCommand.Jobs;
import dev.retriever.cluster.bulk.BulkJob.After;
import dev.retriever.cluster.bulk.BulkJob.Wanted;
import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.tenants.TenantOrigins;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Which fetches a page has when it is done again. */
class BulkPagesTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final int PAGE = 5;

  /** The places of fetches that a search finds. */
  private final Set<Long> there =
      new ConcurrentSkipListSet<>(LongStream.rangeClosed(1, 20).boxed().toList());

  /** Those that were acted on. */
  private final Set<Long> done = new ConcurrentSkipListSet<>();

  private final Set<Long> failing = new TreeSet<>(Set.of(4L));
  private BulkJob job =
      BulkJob.begun(
          1,
          new Wanted("a", "acme", "key-1", "*", "take", new TreeMap<>(), PAGE, PAGE),
          Instant.EPOCH);

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  /** Takes a fetch away from what is found, if that is what it is said to do. */
  private record Take(BulkPagesTest test, boolean changesWhatIsFound) implements BulkAction {
    @Override
    public String name() {
      return "take";
    }

    @Override
    public boolean isForSettled() {
      return true;
    }

    @Override
    public CompletionStage<Result> on(TenantOrigins<?> origins, Item fetch, long job) {
      if (test.failing.contains(fetch.place())) {
        return CompletableFuture.failedFuture(new IllegalStateException("scripted"));
      }
      test.done.add(fetch.place());
      if (changesWhatIsFound) {
        test.there.remove(fetch.place());
      }
      return CompletableFuture.completedFuture(Result.made());
    }
  }

  private record Found(BulkPagesTest test, BulkAction action) implements BulkSource {
    @Override
    public Optional<BulkAction> action(String name) {
      return Optional.of(action);
    }

    @Override
    public List<String> names() {
      return List.of(action.name());
    }

    @Override
    public Map<String, String> checked(
        Map<String, String> where, BulkAction action, Caller caller) {
      return where;
    }

    @Override
    public CompletionStage<List<Item>> next(BulkJob job) {
      var after = job.after().map(After::place).orElse(0L);
      return CompletableFuture.completedFuture(
          test.there.stream()
              .filter(place -> place > after)
              .limit(job.size())
              .map(place -> new Item("http|o", "o", "f" + place, place))
              .toList());
    }

    @Override
    public After after(Item last) {
      return new After(last.persistenceId(), last.place(), Optional.empty());
    }

    @Override
    public CompletionStage<Long> count(Caller caller, Wanted wanted) {
      throw new UnsupportedOperationException();
    }
  }

  private CompletionStage<Jobs> ask(Function<ActorRef<Jobs>, BulkCommand> command) {
    var find = (FindPage) command.apply(KIT.system().ignoreRef());
    job = job.found().isEmpty() ? job.withFound(find.items()) : job;
    return CompletableFuture.completedFuture(new Jobs(List.of(job)));
  }

  /** Of a node that has just been started. */
  private BulkPages.Done next(boolean changesWhatIsFound) {
    var source = new Found(this, new Take(this, changesWhatIsFound));
    return new BulkPages(KIT.system(), caller -> null, this::ask, source, source)
        .next(job)
        .toCompletableFuture()
        .join();
  }

  @Test
  void a_page_that_was_half_done_has_the_same_fetches_on_another_node() {
    assertThatThrownBy(() -> next(true)).isInstanceOf(CompletionException.class);
    failing.clear();

    var ended = next(true);

    assertThat(done).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(ended.counts().made()).isEqualTo(PAGE);
    assertThat(ended.isLast()).isTrue();
    assertThat(ended.after().map(After::place)).contains(5L);
  }

  @Test
  void a_page_that_is_found_again_as_it_was_is_not_recorded() {
    assertThatThrownBy(() -> next(false)).isInstanceOf(CompletionException.class);
    failing.clear();

    assertThat(job.found()).isEmpty();
    assertThat(next(false).counts().made()).isEqualTo(PAGE);
    assertThat(done).containsExactly(1L, 2L, 3L, 4L, 5L);
  }
}
