package dev.retriever.cluster.queues;

import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.queue.QueueView.Explanation;
import dev.retriever.origin.queue.QueueView.KeyView;
import dev.retriever.origin.queue.QueueView.LineView;
import dev.retriever.origin.queue.QueueView.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * Queues in memory: settings, versions and states, and nothing that waits unless a test says so.
 */
final class FakeQueues implements QueueOperations {
  static final String BECAUSE = "429 of acme/order-17/charge-1";

  final Map<String, QueueView> views = new ConcurrentSkipListMap<>();
  final List<Operation> operated = new ArrayList<>();
  volatile boolean silent;

  /** What others do between a read and the change that follows it. */
  volatile Runnable meanwhile = () -> {};

  static QueueView view(String name, long version, QueueSettings settings) {
    return new QueueView(
        name,
        version,
        Optional.empty(),
        settings,
        QueueView.State.RUNNING,
        Optional.empty(),
        Optional.empty(),
        true,
        new QueueView.Waiting(0, 0, 0, Optional.empty()),
        0,
        0,
        new QueueView.Most(0, 0),
        Map.of(QueueView.Limit.IDLE, 1.0),
        new QueueView.Rates(0, 0),
        Optional.empty(),
        new QueueView.BreakerView("closed", Optional.empty(), Optional.empty()),
        new QueueView.Quantiles(Optional.empty(), Optional.empty()),
        new QueueView.Grants(0, 0, 0),
        Optional.empty(),
        0);
  }

  /** The same queue in another state. */
  static QueueView in(
      QueueView view, QueueView.State state, Optional<Instant> until, Optional<String> because) {
    return new QueueView(
        view.name(),
        view.version(),
        view.template(),
        view.settings(),
        state,
        until,
        because,
        view.effective(),
        view.waiting(),
        view.running(),
        view.lingering(),
        view.most(),
        view.limitedBy(),
        view.rates(),
        view.drainsIn(),
        view.breaker(),
        view.waitSeconds(),
        view.grants(),
        view.purge(),
        view.moves());
  }

  /** The same queue with so many fetches of so many that run. */
  static QueueView with(QueueView view, long fetches, int running) {
    return new QueueView(
        view.name(),
        view.version(),
        view.template(),
        view.settings(),
        view.state(),
        view.until(),
        view.because(),
        view.effective(),
        new QueueView.Waiting(fetches, 1, 1, Optional.of(Instant.EPOCH)),
        running,
        view.lingering(),
        new QueueView.Most(fetches, running),
        Map.of(QueueView.Limit.CONCURRENCY, 0.25, QueueView.Limit.RATE, 0.123_456),
        new QueueView.Rates(98.700_01, 98.1),
        Optional.of(java.time.Duration.ofSeconds(13)),
        view.breaker(),
        new QueueView.Quantiles(Optional.of(1.9), Optional.of(14.2)),
        view.grants(),
        Optional.of(
            new QueueView.PurgeView(5, Instant.EPOCH, Optional.of("http|acme/order-17"), 3)),
        view.moves());
  }

  void change(String name, UnaryOperator<QueueView> change) {
    views.compute(name, (key, view) -> change.apply(view));
  }

  private <T> CompletionStage<T> answer(T answer) {
    return silent
        ? CompletableFuture.failedStage(new TimeoutException("silent"))
        : CompletableFuture.completedStage(answer);
  }

  @Override
  public CompletionStage<List<String>> names() {
    return answer(List.copyOf(views.keySet()));
  }

  @Override
  public CompletionStage<Optional<QueueView>> read(String name) {
    var view = Optional.ofNullable(views.get(name));
    meanwhile.run();
    return answer(view);
  }

  @Override
  public CompletionStage<Answer> configure(
      String name, QueueSettings settings, Optional<Long> ifVersion) {
    var view = Optional.ofNullable(views.get(name));
    var version = view.map(QueueView::version).orElse(0L);
    if (ifVersion.filter(it -> !it.equals(version)).isPresent()) {
      return answer(new Answer(Result.WRONG_VERSION, view));
    }
    var made = view(name, version + 1, settings);
    views.put(name, made);
    return answer(new Answer(view.isPresent() ? Result.DONE : Result.CREATED, Optional.of(made)));
  }

  @Override
  public CompletionStage<Answer> remove(String name, Optional<Long> ifVersion) {
    var view = Optional.ofNullable(views.get(name));
    if (view.isEmpty()) {
      return answer(new Answer(Result.NO_SUCH_QUEUE, view));
    }
    if (ifVersion.filter(it -> it != view.get().version()).isPresent()) {
      return answer(new Answer(Result.WRONG_VERSION, view));
    }
    if (view.get().waiting().fetches() + view.get().running() > 0) {
      return answer(new Answer(Result.NOT_EMPTY, view));
    }
    views.remove(name);
    return answer(new Answer(Result.DONE, Optional.empty()));
  }

  @Override
  public CompletionStage<Answer> operate(String name, Operation operation) {
    var view = views.get(name);
    if (view == null) {
      return answer(new Answer(Result.NO_SUCH_QUEUE, Optional.empty()));
    }
    operated.add(operation);
    if (operation instanceof FreeSlot) {
      return answer(new Answer(Result.NOT_POSSIBLE, Optional.of(view)));
    }
    if (operation instanceof Pause pause) {
      view = in(view, QueueView.State.PAUSED, pause.until(), Optional.of(pause.reason()));
    } else if (operation instanceof Hold hold) {
      view = in(view, QueueView.State.HELD, Optional.of(hold.until()), Optional.of(hold.reason()));
    } else if (operation instanceof Drain) {
      view = in(view, QueueView.State.DRAINING, Optional.empty(), Optional.empty());
    } else {
      view = in(view, QueueView.State.RUNNING, Optional.empty(), Optional.empty());
    }
    views.put(name, view);
    return answer(new Answer(Result.DONE, Optional.of(view)));
  }

  @Override
  public CompletionStage<Page<KeyView>> keys(String name, Optional<String> after, int limit) {
    if (after.filter(it -> !it.equals("x")).isPresent()) {
      throw new IllegalArgumentException("not of this list");
    }
    var key = new KeyView("acme", "http|acme/order-17", 12, 2, Optional.of(Instant.EPOCH));
    return answer(new Page<>(List.of(key), Optional.of("after " + limit + after.orElse(""))));
  }

  @Override
  public CompletionStage<Page<LineView>> waiting(String name, Optional<String> after, int limit) {
    var line =
        new LineView(
            "acme", "http", "order-17", "customer-42", 3, 12, Instant.EPOCH, Optional.empty());
    return answer(new Page<>(List.of(line), Optional.empty()));
  }

  @Override
  public Optional<Integer> retryAfterSeconds(String name) {
    return Optional.empty();
  }

  @Override
  public CompletionStage<Optional<Explanation>> explain(
      String name, String originType, String originId, Optional<String> key, int priority) {
    return answer(Optional.empty());
  }
}
