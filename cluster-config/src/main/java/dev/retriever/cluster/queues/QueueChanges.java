package dev.retriever.cluster.queues;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.http.Precondition;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.security.Deed;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueOperations.Answer;
import dev.retriever.origin.queue.QueueOperations.Operation;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * Carries out what operators want of queues. A change that was made before is answered as if it
 * were made now, so each may be repeated when there was no answer. Thread-safe.
 */
final class QueueChanges {
  /** How often a patch without a version is applied again, because others were faster. */
  private static final int MOST_TRIES = 5;

  private static final long ABSENT = 0;

  private final QueueOperations queues;

  QueueChanges(QueueOperations queues) {
    this.queues = queues;
  }

  /** Replaces all settings, or makes the queue. */
  CompletionStage<HttpResponse> put(
      String name, QueueSettings settings, Precondition condition, Deed deed) {
    checkNoInstance(name);
    return read(name)
        .thenCompose(
            before -> {
              before.ifPresent(view -> deed.before(settings(view)));
              if (condition.any() && before.isEmpty()) {
                throw QueueAnswers.otherVersion(name, before);
              }
              return configured(name, settings, versionFor(condition));
            })
        .thenApply(answer -> put(name, settings, condition, answer, deed));
  }

  private static Optional<Long> versionFor(Precondition condition) {
    return condition.any() ? Optional.empty() : condition.version().or(() -> Optional.of(ABSENT));
  }

  private static HttpResponse put(
      String name, QueueSettings settings, Precondition condition, Answer answer, Deed deed) {
    return switch (answer.result()) {
      case CREATED, DONE -> changed(answer, deed);
      case WRONG_VERSION -> {
        if (!condition.none() && has(answer, settings)) {
          yield changed(answer, deed);
        }
        throw condition.isMissing()
            ? QueueAnswers.versionNeeded(name, answer.queue())
            : QueueAnswers.otherVersion(name, answer.queue());
      }
      default -> throw refused(name, answer);
    };
  }

  /** Changes members of the settings, and leaves the others. */
  CompletionStage<HttpResponse> patch(
      String name, JsonNode patch, Precondition condition, Deed deed) {
    checkNoInstance(name);
    return patch(name, patch, condition, deed, MOST_TRIES);
  }

  private CompletionStage<HttpResponse> patch(
      String name, JsonNode patch, Precondition condition, Deed deed, int tries) {
    return there(name)
        .thenCompose(
            before -> {
              deed.before(settings(before));
              var merged =
                  QueueSettingsReader.read(
                      MergePatch.applied(patch, QueueSettingsWriter.json(before.settings())));
              if (merged.equals(before.settings())) {
                return done(new Answer(QueueOperations.Result.DONE, Optional.of(before)), deed);
              }
              return configured(
                      name, merged, condition.version().or(() -> Optional.of(before.version())))
                  .thenCompose(
                      answer ->
                          answer.result() == QueueOperations.Result.WRONG_VERSION
                                  && condition.version().isEmpty()
                                  && tries > 1
                              ? patch(name, patch, condition, deed, tries - 1)
                              : patched(name, answer, deed));
            });
  }

  private static CompletionStage<HttpResponse> patched(String name, Answer answer, Deed deed) {
    return switch (answer.result()) {
      case CREATED, DONE -> done(answer, deed);
      case WRONG_VERSION -> throw QueueAnswers.otherVersion(name, answer.queue());
      default -> throw refused(name, answer);
    };
  }

  private static CompletionStage<HttpResponse> done(Answer answer, Deed deed) {
    return CompletableFuture.completedStage(changed(answer, deed));
  }

  /** Removes a queue in which nothing waits or runs. */
  CompletionStage<HttpResponse> remove(String name, Precondition condition, Deed deed) {
    checkNoInstance(name);
    return there(name)
        .thenCompose(
            before -> {
              deed.before(settings(before));
              return QueueAnswers.inTime(name, queues.remove(name, condition.version()));
            })
        .thenApply(
            answer -> {
              if (answer.result() != QueueOperations.Result.DONE) {
                throw refused(name, answer);
              }
              return HttpResponse.create().withStatus(StatusCodes.NO_CONTENT);
            });
  }

  /** Changes what the queue does. */
  CompletionStage<HttpResponse> operate(String name, Operation operation, Deed deed) {
    return there(name)
        .thenCompose(
            before -> {
              deed.before(state(before));
              return QueueAnswers.inTime(name, queues.operate(name, operation));
            })
        .thenApply(
            answer -> {
              if (answer.result() != QueueOperations.Result.DONE) {
                throw refused(name, answer);
              }
              answer.queue().ifPresent(view -> deed.after(state(view)));
              return answered(answer, 200);
            });
  }

  private CompletionStage<Optional<QueueView>> read(String name) {
    return QueueAnswers.inTime(name, queues.read(name));
  }

  private CompletionStage<QueueView> there(String name) {
    return read(name).thenApply(view -> view.orElseThrow(() -> QueueAnswers.noSuchQueue(name)));
  }

  private CompletionStage<Answer> configured(
      String name, QueueSettings settings, Optional<Long> version) {
    return QueueAnswers.inTime(name, queues.configure(name, settings, version));
  }

  private static void checkNoInstance(String name) {
    QueueChoice.templateOf(name)
        .ifPresent(
            template -> {
              throw QueueAnswers.ofTemplate(name, template);
            });
  }

  private static boolean has(Answer answer, QueueSettings settings) {
    return answer.queue().filter(view -> view.settings().equals(settings)).isPresent();
  }

  private static HttpResponse changed(Answer answer, Deed deed) {
    answer.queue().ifPresent(view -> deed.after(settings(view)));
    var isNew = answer.result() == QueueOperations.Result.CREATED;
    var response = answered(answer, isNew ? 201 : 200);
    return isNew
        ? response.addHeader(
            RawHeader.create("Location", "/admin/queues/" + answer.queue().orElseThrow().name()))
        : response;
  }

  /** Operators of changes may see all ids. */
  private static HttpResponse answered(Answer answer, int status) {
    return QueueAnswers.of(answer.queue().orElseThrow(), status, true);
  }

  private static Problem.Found refused(String name, Answer answer) {
    return switch (answer.result()) {
      case NO_SUCH_QUEUE -> QueueAnswers.noSuchQueue(name);
      case WRONG_VERSION -> QueueAnswers.otherVersion(name, answer.queue());
      case NOT_EMPTY -> QueueAnswers.notEmpty(name);
      default -> QueueAnswers.notPossible(name, answer.queue());
    };
  }

  /** For the audit. */
  private static String settings(QueueView view) {
    return "version " + view.version() + " " + QueueSettingsWriter.json(view.settings());
  }

  /** For the audit: no ids of origins. */
  private static String state(QueueView view) {
    return QueueWords.word(view.state())
        + view.until().map(until -> " until " + until).orElse("")
        + ", waiting "
        + view.waiting().fetches()
        + ", running "
        + view.running();
  }
}
