package dev.retriever.cluster.outcomes;

import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.memory.ReaderMemory;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.executor.Response;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.OutcomePage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The outcomes of an origin as a stream that pulls. When the reader wants more, the stream asks the
 * origin for outcomes after a row. Until then it holds none of them. So a slow reader holds a page
 * of row numbers and one outcome.
 */
final class OutcomeFeed {
  /** The size of an outcome without its body, about. */
  private static final long BESIDE = 1024;

  private final OutcomeSettings settings;
  private final OutcomeTexts texts;

  /**
   * @param mostKept characters of outcomes that are kept at most, even if the settings allow more
   */
  OutcomeFeed(OutcomeSettings settings, long mostKept) {
    this.settings = settings;
    this.texts = new OutcomeTexts(Math.min(settings.cache(), mostKept));
  }

  /**
   * The start of a subscription.
   *
   * @param origins those of the subscriber
   * @param first the outcomes that are there already
   */
  record Start(
      TenantOrigins<?> origins, String originId, EventId place, Optional<OutcomePage> first) {
    Start after(EventId newPlace) {
      return new Start(origins, originId, newPlace, Optional.empty());
    }
  }

  /**
   * Asks the origin for the first page. Its answer shows that the origin can be reached.
   *
   * @param after a place that the subscriber has seen; empty to begin with future outcomes
   * @throws Problem.Found if the subscriber may not use that origin
   */
  CompletionStage<Start> start(TenantOrigins<?> origins, String originId, Optional<EventId> after) {
    return origins
        .outcomes(originId, after.map(EventId::row), settings.page(), Duration.ZERO)
        .thenApply(
            answer -> {
              var page = answer.orElseThrow();
              var place = after.orElseGet(() -> EventId.of(page.newest(), page));
              var isBefore = place.isBefore(page);
              if (!isBefore && place.row() > page.newest()) {
                throw OutcomeQuery.beyond(place, page.newest());
              }
              return new Start(
                  origins,
                  originId,
                  place,
                  answer.filter(it -> isBefore || !it.saysNothing()).map(OutcomeFeed::bare));
            });
  }

  /**
   * The next events of a subscription.
   *
   * @param after where to continue after these
   * @param events make them one by one, in order; none when nothing has settled for a while
   */
  record Batch(Start after, List<Supplier<CompletionStage<OutcomeEvent>>> events) {}

  /**
   * Asks for the events after that place, and waits for the first. An event is made when there is
   * memory for it.
   *
   * @param reader holds the memory of the events, until it ends
   */
  CompletionStage<Batch> next(Start at, ReaderMemory reader) {
    return page(at)
        .thenApply(
            page ->
                page.map(it -> batch(at, it, reader))
                    .orElseGet(() -> new Batch(at.after(at.place()), List.of())));
  }

  private Batch batch(Start at, OutcomePage page, ReaderMemory reader) {
    if (at.place().isBefore(page)) {
      var anew = EventId.of(0, page);
      return new Batch(
          at.after(anew),
          List.of(() -> CompletableFuture.completedFuture(new OutcomeEvent.Reset(anew))));
    }
    var next = EventId.of(page.next(at.place().row()), page);
    return new Batch(at.after(next), events(at, kept(page, reader), reader));
  }

  private CompletionStage<Optional<OutcomePage>> page(Start at) {
    if (at.first().isPresent()) {
      return CompletableFuture.completedFuture(at.first());
    }
    return at.origins()
        .outcomes(
            at.originId(), Optional.of(at.place().row()), settings.page(), settings.waitLength())
        .thenCompose(
            page ->
                page.filter(OutcomePage::saysNothing).isPresent()
                    ? new CompletableFuture<Optional<OutcomePage>>()
                        .completeOnTimeout(page, settings.pause().toMillis(), TimeUnit.MILLISECONDS)
                    : CompletableFuture.completedFuture(page));
  }

  /**
   * Outcomes that came with a page are kept if there is memory for them. Others are read when they
   * are due.
   */
  private static OutcomePage kept(OutcomePage page, ReaderMemory reader) {
    var views = new HashMap<Long, FetchView>();
    page.items().forEach(item -> item.view().ifPresent(view -> views.put(item.row(), view)));
    reader.atHand(views, views.values().stream().mapToLong(OutcomeFeed::size).sum());
    return bare(page);
  }

  private static long size(FetchView view) {
    return BESIDE + view.outcome().flatMap(Outcome::received).map(OutcomeFeed::size).orElse(0L);
  }

  private static long size(Response response) {
    return response.body().size();
  }

  private static OutcomePage bare(OutcomePage page) {
    var items = page.items().stream().map(item -> item.with(Optional.empty())).toList();
    return page.with(items);
  }

  /** An outcome that is to be told, and its place. */
  private record Due(OutcomePage.Item item, EventId place) {
    static Due of(OutcomePage.Item item, OutcomePage page) {
      return new Due(item, EventId.of(item.row(), page));
    }
  }

  private List<Supplier<CompletionStage<OutcomeEvent>>> events(
      Start at, OutcomePage page, ReaderMemory reader) {
    var all = new ArrayList<Supplier<CompletionStage<OutcomeEvent>>>();
    page.gapTo()
        .map(to -> new OutcomeEvent.Gap(at.place().row() + 1, EventId.of(to, page)))
        .ifPresent(gap -> all.add(() -> CompletableFuture.completedFuture(gap)));
    page.items().forEach(item -> all.add(() -> event(at, Due.of(item, page), reader)));
    return all;
  }

  private CompletionStage<OutcomeEvent> event(Start at, Due due, ReaderMemory reader) {
    return shared(at, due, reader)
        .thenCompose(
            text -> {
              if (text.isEmpty()) {
                return CompletableFuture.completedFuture(gap(due));
              }
              var bytes = text.get().memory();
              return reader
                  .now(bytes)
                  .<CompletionStage<OutcomeEvent>>map(
                      grant -> CompletableFuture.completedFuture(settled(due, text.get(), grant)))
                  .orElseGet(() -> later(at, due, bytes, reader));
            });
  }

  /** Releases the text until there is memory for it, and makes the same text again then. */
  private CompletionStage<OutcomeEvent> later(Start at, Due due, long bytes, ReaderMemory reader) {
    return reader
        .later(bytes)
        .thenCompose(
            grant ->
                shared(at, due, reader)
                    .thenApply(
                        text -> text.map(it -> settled(due, it, grant)).orElseGet(() -> gap(due))));
  }

  private static OutcomeEvent settled(Due due, OutcomeText text, ByteGrant grant) {
    return new OutcomeEvent.Settled(due.place(), text.json(), Optional.of(grant));
  }

  private static OutcomeEvent gap(Due due) {
    return new OutcomeEvent.Gap(due.place().row(), due.place());
  }

  private CompletionStage<Optional<OutcomeText>> shared(Start at, Due due, ReaderMemory reader) {
    Supplier<CompletionStage<Optional<OutcomeText>>> text =
        () -> text(at, due.item().with(reader.atHand(due.item().row())));
    // Texts may have been made before it was erased.
    return due.item().erased() == Erased.NO
        ? texts.text(at.origins().cacheKey(at.originId()), due.place(), text)
        : text.get();
  }

  private CompletionStage<Optional<OutcomeText>> text(Start at, OutcomePage.Item item) {
    return at.origins()
        .outcome(at.originId(), item)
        .thenApply(
            view ->
                view.map(
                    it -> new OutcomeText(FetchWriter.fetch(it, settings.maxBody()).toString())));
  }
}
