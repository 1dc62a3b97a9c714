package dev.retriever.cluster.outcomes;

import dev.retriever.cluster.outcomes.OutcomeFeed.Batch;
import dev.retriever.cluster.outcomes.OutcomeFeed.Start;
import dev.retriever.cluster.security.CredentialWatch;
import dev.retriever.cluster.security.OpenStreams;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/**
 * The events of one subscription: its begin, what the feed tells, and its end. The end comes when
 * the feed fails, when the node ends all subscriptions, and when the credential has ended.
 *
 * <p>It is one stage, not a chain of operators: a node has thousands of subscriptions, and each
 * stage keeps about a kilobyte for as long as a connection is open.
 */
final class Subscription extends GraphStage<SourceShape<OutcomeEvent>> {
  private final Function<Start, CompletionStage<Batch>> feed;
  private final Start start;
  private final CredentialWatch.Watched caller;
  private final OpenStreams open;
  private final long retryMillis;
  private final Outlet<OutcomeEvent> out = Outlet.create("Subscription.out");

  /**
   * To be run once.
   *
   * @param feed the events after a place, when there are some
   * @param open knows this one while it runs
   * @param retryMillis the time after which the subscriber is to reconnect
   */
  Subscription(
      Function<Start, CompletionStage<Batch>> feed,
      Start start,
      CredentialWatch.Watched caller,
      OpenStreams open,
      long retryMillis) {
    this.feed = feed;
    this.start = start;
    this.caller = caller;
    this.open = open;
    this.retryMillis = retryMillis;
  }

  @Override
  public SourceShape<OutcomeEvent> shape() {
    return SourceShape.of(out);
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends GraphStageLogic {
    private final Queue<Supplier<CompletionStage<OutcomeEvent>>> due = new ArrayDeque<>(2);
    private final AsyncCallback<Runnable> here = createAsyncCallback(Runnable::run);
    private final Runnable end = () -> here.invoke(this::over);
    private Start at = start;
    private boolean hasBegun;
    private boolean isOver;

    Logic() {
      super(Subscription.this.shape());
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              next();
            }
          });
    }

    @Override
    public void preStart() {
      open.begins(end);
      caller.whenItEnds(end);
    }

    /** To be called when an event is wanted. */
    private void next() {
      if (isOver) {
        last();
      } else if (!hasBegun) {
        hasBegun = true;
        push(out, new OutcomeEvent.Begin(start.place(), retryMillis));
      } else if (due.isEmpty()) {
        when(() -> feed.apply(at), this::read);
      } else {
        when(due.remove(), event -> push(out, event));
      }
    }

    private void read(Batch batch) {
      at = batch.after();
      due.addAll(batch.events());
      next();
    }

    /** Goes on with the answer, in this stage, unless the subscription is over by then. */
    private <T> void when(Supplier<CompletionStage<T>> question, Consumer<T> then) {
      CompletionStage<T> answer;
      try {
        answer = question.get();
      } catch (RuntimeException refused) {
        over();
        return;
      }
      var known = answer.toCompletableFuture();
      if (known.isDone() && !known.isCompletedExceptionally()) {
        then.accept(known.join());
      } else {
        answer.whenComplete((it, failure) -> here.invoke(() -> answered(it, failure, then)));
      }
    }

    private <T> void answered(T answer, Throwable failure, Consumer<T> then) {
      if (failure != null) {
        over();
      } else if (!isOver) {
        then.accept(answer);
      }
    }

    private void over() {
      if (isOver) {
        return;
      }
      isOver = true;
      due.clear();
      if (isAvailable(out)) {
        last();
      }
    }

    private void last() {
      var reason =
          caller.hasEnded()
              ? Optional.of(OutcomeEvent.End.CREDENTIAL_ENDED)
              : Optional.<String>empty();
      push(out, new OutcomeEvent.End(retryMillis, reason));
      completeStage();
    }

    @Override
    public void postStop() {
      open.isOver(end);
      caller.forget(end);
    }
  }
}
