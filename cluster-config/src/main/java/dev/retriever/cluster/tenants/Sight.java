package dev.retriever.cluster.tenants;

import dev.retriever.executor.Tenant;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSummary;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.OriginView;
import dev.retriever.origin.Origins;
import dev.retriever.origin.OutcomePage;

/**
 * Views of origins as a caller may see them: with the ids that the caller knows, and the addresses
 * of nodes only for operators. Immutable.
 *
 * @param addresses whether the address of the node that makes an attempt is shown. If not, a number
 *     stands for it, which is the same for all attempts of one run of that node
 */
record Sight(String originType, boolean addresses) {
  Origins.Answer of(Origins.Answer answer) {
    return new Origins.Answer(answer.verdict(), answer.fetch().map(this::of));
  }

  FetchView of(FetchView view) {
    var originId = outer(view.originId());
    if (addresses && originId.equals(view.originId())) {
      return view;
    }
    return new FetchView(
        originId,
        view.id(),
        view.acceptedAt(),
        view.settledAt(),
        view.outcome(),
        view.exhausted(),
        view.attempts().stream().map(this::of).toList(),
        view.late(),
        view.waiting(),
        view.notBefore(),
        view.redriveOf(),
        view.erased(),
        view.tells(),
        view.traceId());
  }

  private Attempt of(Attempt attempt) {
    return addresses
        ? attempt
        : new Attempt(
            attempt.number(),
            NodeNames.withoutAddress(attempt.executor()),
            attempt.startedAt(),
            attempt.endedAt(),
            attempt.stage(),
            attempt.status(),
            attempt.reason(),
            attempt.reportSeen(),
            attempt.timeline(),
            attempt.redirect(),
            attempt.lease(),
            attempt.url());
  }

  Origins.Page of(Origins.Page page) {
    return new Origins.Page(page.items().stream().map(this::of).toList(), page.next());
  }

  private FetchSummary of(FetchSummary summary) {
    return new FetchSummary(
        outer(summary.originId()),
        summary.id(),
        summary.acceptedAt(),
        summary.settledAt(),
        summary.type(),
        summary.stage(),
        summary.status(),
        summary.reason(),
        summary.exhausted(),
        summary.notBefore());
  }

  OriginView of(OriginView view) {
    return new OriginView(
        outer(view.originId()),
        view.rows(),
        view.pending(),
        view.settled(),
        view.alarms(),
        view.pendingFetches().stream().map(this::of).toList(),
        view.nextAlarms(),
        view.unhandled());
  }

  OutcomePage of(OutcomePage page) {
    var items = page.items().stream().map(item -> item.with(item.view().map(this::of))).toList();
    return page.with(items);
  }

  private String outer(String innerId) {
    return Tenant.outerId(originType, innerId);
  }
}
