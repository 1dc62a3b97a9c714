package dev.retriever.cluster;

import dev.retriever.origin.Origins;
import dev.retriever.origin.OutcomePage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The outcomes of an origin as a stream that pulls: the origin is asked for what is behind a place
 * when the reader wants more, and has nothing of it in memory until then. So one that is slow holds
 * a page of row numbers, and one outcome.
 */
final class OutcomeFeed {
  private final Origins<?> origins;
  private final OutcomeSettings settings;
  private final OutcomeTexts texts;

  OutcomeFeed(Origins<?> origins, OutcomeSettings settings) {
    this.origins = origins;
    this.settings = settings;
    this.texts = new OutcomeTexts(settings.cache());
  }

  /**
   * Where a subscription begins.
   *
   * @param first what is there already
   */
  record Start(String originId, long place, Optional<OutcomePage> first) {}

  /**
   * Asks the origin, which says by its answer that it can be asked.
   *
   * @param after a place that the subscriber has seen; empty to begin with what is to come
   */
  CompletionStage<Start> start(String originId, Optional<Long> after) {
    return origins
        .outcomes(originId, after, settings.page(), Duration.ZERO)
        .thenApply(
            answer -> {
              var page = answer.orElseThrow();
              var place = after.orElse(page.newest());
              if (place > page.newest()) {
                throw OutcomeQuery.beyond(place, page.newest());
              }
              return new Start(originId, place, answer.filter(it -> !it.saysNothing()));
            });
  }

  /** What is behind the start, without end. */
  Source<OutcomeEvent, NotUsed> events(Start start) {
    return Source.unfoldAsync(start, this::more).mapConcat(each -> each).mapAsync(1, Supplier::get);
  }

  /** Where to go on, and what makes each event of the page before it, to be asked in turn. */
  private CompletionStage<Optional<Pair<Start, List<Supplier<CompletionStage<OutcomeEvent>>>>>>
      more(Start at) {
    return page(at)
        .thenApply(
            page ->
                Optional.of(
                    Pair.create(
                        new Start(
                            at.originId(),
                            page.map(it -> it.next(at.place())).orElse(at.place()),
                            Optional.empty()),
                        page.map(it -> events(at, it)).orElse(List.of()))));
  }

  private CompletionStage<Optional<OutcomePage>> page(Start at) {
    if (at.first().isPresent()) {
      return CompletableFuture.completedFuture(at.first());
    }
    return origins
        .outcomes(at.originId(), Optional.of(at.place()), settings.page(), settings.waitLength())
        .thenCompose(
            page ->
                page.filter(OutcomePage::saysNothing).isPresent()
                    ? new CompletableFuture<Optional<OutcomePage>>()
                        .completeOnTimeout(page, settings.pause().toMillis(), TimeUnit.MILLISECONDS)
                    : CompletableFuture.completedFuture(page));
  }

  private List<Supplier<CompletionStage<OutcomeEvent>>> events(Start at, OutcomePage page) {
    var all = new ArrayList<Supplier<CompletionStage<OutcomeEvent>>>();
    page.gapTo()
        .map(to -> new OutcomeEvent.Gap(at.place() + 1, to))
        .ifPresent(gap -> all.add(() -> CompletableFuture.completedFuture(gap)));
    page.items().forEach(item -> all.add(() -> event(at.originId(), item)));
    return all;
  }

  private CompletionStage<OutcomeEvent> event(String originId, OutcomePage.Item item) {
    return texts
        .text(originId, item.row(), () -> text(originId, item))
        .thenApply(
            text ->
                text.<OutcomeEvent>map(json -> new OutcomeEvent.Settled(item.row(), json))
                    .orElseGet(() -> new OutcomeEvent.Gap(item.row(), item.row())));
  }

  private CompletionStage<Optional<String>> text(String originId, OutcomePage.Item item) {
    return origins
        .outcome(originId, item)
        .thenApply(view -> view.map(it -> FetchWriter.fetch(it, settings.maxBody()).toString()));
  }
}
