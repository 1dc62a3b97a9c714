package dev.retriever.cluster.security.audit;

import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.Audit;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Deed;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * An audit whose denials are counted, each of them: the audit itself stores only some of many.
 *
 * @param reasons receives the reason of each, from a fixed set; must not throw
 */
public record CountedDenials(Audit audit, Consumer<String> reasons) implements Audit {
  @Override
  public CompletionStage<Deed> asked(HttpRequest request, Caller caller, AccessTable.Row row) {
    return audit.asked(request, caller, row);
  }

  @Override
  public void denied(
      HttpRequest request, Optional<Caller> caller, Optional<AccessTable.Row> row, String reason) {
    reasons.accept(reason);
    audit.denied(request, caller, row, reason);
  }
}
