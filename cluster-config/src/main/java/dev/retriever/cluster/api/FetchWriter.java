package dev.retriever.cluster.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.executor.Body;
import dev.retriever.executor.Header;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Timeline;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSummary;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.FetchWaiting;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Redirect;
import dev.retriever.origin.callback.CallbackSubject;
import dev.retriever.origin.queue.QueueView;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Fetches as JSON. */
public final class FetchWriter {
  private FetchWriter() {}

  public static ObjectNode fetch(FetchView view) {
    return fetch(view, Long.MAX_VALUE);
  }

  /**
   * @param reason why it waits, as its queue tells it
   */
  static ObjectNode fetch(FetchView view, Optional<QueueView.Explanation> reason) {
    var json = fetch(view);
    if (json.get("waiting") instanceof ObjectNode waiting) {
      reason.ifPresent(it -> reason(waiting, it));
    }
    return json;
  }

  private static void reason(ObjectNode waiting, QueueView.Explanation reason) {
    waiting.put("because", label(reason.because())).put("ahead", reason.ahead());
    reason.until().ifPresent(at -> waiting.put("until", time(at)));
  }

  /**
   * @param maxBody in bytes. Of a larger body of the outcome only the size is shown
   */
  public static ObjectNode fetch(FetchView view, long maxBody) {
    var json = receipt(view);
    view.redriveOf().ifPresent(id -> json.put("redriveOf", id));
    view.tells().ifPresent(it -> tells(json.putObject("tells"), it));
    view.outcome()
        .ifPresent(
            outcome -> {
              var body = json.putObject("outcome").put("type", label(outcome.type()));
              reached(body, outcome.reached(), outcome.why());
              outcome.received().ifPresent(response -> response(body, response, maxBody));
            });
    view.waiting().ifPresent(waiting -> json.set("waiting", waiting(waiting)));
    exhausted(json, view.exhausted());
    attempts(json.putArray("attempts"), view.attempts());
    if (!view.late().isEmpty()) {
      var late = json.putArray("late");
      view.late().forEach(report -> late.add(late(report)));
    }
    return json;
  }

  private static void tells(ObjectNode json, CallbackSubject subject) {
    json.put("callback", subject.to().endpoint()).put("generation", subject.to().generation());
    json.put("fetchId", subject.fetchId()).put("sequence", subject.sequence());
  }

  /** For callers that may not read outcomes: whether it has settled, and when. */
  public static ObjectNode receipt(FetchView view) {
    var json =
        head(
            view.originId(),
            view.id(),
            state(view.settledAt(), view.waitsForItsTime()),
            view.acceptedAt(),
            view.notBefore(),
            view.settledAt());
    if (view.erased() != Erased.NO) {
      json.put("erased", label(view.erased()));
    }
    view.traceId().ifPresent(id -> json.put("traceId", id));
    return json;
  }

  static ObjectNode summary(FetchSummary summary) {
    var json =
        head(
            summary.originId(),
            summary.id(),
            state(summary.settledAt(), summary.notBefore().isPresent()),
            summary.acceptedAt(),
            summary.notBefore(),
            summary.settledAt());
    summary
        .type()
        .ifPresent(
            type -> {
              var body = json.putObject("outcome").put("type", label(type));
              reached(body, summary.stage(), summary.reason());
              summary.status().ifPresent(status -> body.put("status", status));
            });
    exhausted(json, summary.exhausted());
    return json;
  }

  private static ObjectNode head(
      String originId,
      String id,
      String state,
      Instant acceptedAt,
      Optional<Instant> notBefore,
      Optional<Instant> settledAt) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("originId", originId).put("id", id);
    json.put("state", state);
    json.put("acceptedAt", time(acceptedAt));
    notBefore.ifPresent(at -> json.put("notBefore", time(at)));
    settledAt.ifPresent(at -> json.put("settledAt", time(at)));
    return json;
  }

  private static String state(Optional<Instant> settledAt, boolean waitsForItsTime) {
    return settledAt.isPresent() ? "settled" : waitsForItsTime ? "scheduled" : "pending";
  }

  private static ObjectNode waiting(FetchWaiting waiting) {
    var json = JsonNodeFactory.instance.objectNode().put("queue", waiting.queue());
    waiting.key().ifPresent(key -> json.put("key", key));
    json.put("priority", waiting.priority()).put("since", time(waiting.since()));
    if (waiting.readyAt().isAfter(waiting.since())) {
      json.put("readyAt", time(waiting.readyAt()));
    }
    return json;
  }

  private static void exhausted(ObjectNode json, boolean exhausted) {
    if (exhausted) {
      json.put("exhausted", true);
    }
  }

  /**
   * Attempts behind a redirect show the URL that it led to, those of callbacks their endpoint's.
   */
  private static void attempts(ArrayNode json, List<Attempt> attempts) {
    var redirect = Optional.<Redirect>empty();
    for (var attempt : attempts) {
      var written = attempt(attempt);
      redirect.map(Redirect::url).or(attempt::url).ifPresent(url -> written.put("url", url));
      json.add(written);
      redirect = attempt.redirect().isPresent() ? attempt.redirect() : redirect;
    }
  }

  private static ObjectNode attempt(Attempt attempt) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("number", attempt.number()).put("executor", attempt.executor());
    json.put("startedAt", time(attempt.startedAt()));
    attempt.endedAt().ifPresent(at -> json.put("endedAt", time(at)));
    reached(json, attempt.stage(), attempt.reason());
    attempt.status().ifPresent(status -> json.put("status", status));
    stages(json, attempt.timeline());
    return json;
  }

  private static ObjectNode late(FetchView.LateReport late) {
    var outcome = Outcome.of(late.report());
    var json = JsonNodeFactory.instance.objectNode();
    json.put("attempt", late.attempt()).put("at", time(late.at()));
    json.put("type", label(outcome.type()));
    reached(json, outcome.reached(), outcome.why());
    stages(json, late.report().timeline());
    outcome.received().ifPresent(response -> response(json, response, Long.MAX_VALUE));
    return json;
  }

  /** In milliseconds, to the microsecond. */
  private static void stages(ObjectNode json, Timeline timeline) {
    if (timeline.equals(Timeline.NONE)) {
      return;
    }
    var stages = json.putObject("stages");
    for (var stage : Stage.values()) {
      timeline.micros(stage).ifPresent(micros -> stages.put(stage.label(), micros / 1_000.0));
    }
  }

  private static void reached(ObjectNode json, Optional<Stage> stage, Optional<String> reason) {
    stage.ifPresent(s -> json.put("stage", s.label()));
    reason.ifPresent(why -> json.put("reason", why));
  }

  private static void response(ObjectNode json, Response response, long maxBody) {
    json.put("status", response.status());
    json.set("headers", headers(response.headers()));
    if (response.body().size() > maxBody) {
      json.put("bodyOmitted", response.body().size());
      return;
    }
    body(json, response.body());
  }

  /** As text if it is, else as base64. */
  static void body(ObjectNode json, Body body) {
    utf8(body)
        .ifPresentOrElse(
            text -> json.put("body", text),
            () -> json.put("bodyBase64", Base64.getEncoder().encodeToString(body.bytes())));
  }

  /** By lower-case name: a string, or an array when the name came more than once. */
  private static ObjectNode headers(List<Header> headers) {
    var byName = new LinkedHashMap<String, List<String>>();
    headers.forEach(
        header ->
            byName
                .computeIfAbsent(header.name().toLowerCase(Locale.ROOT), n -> new ArrayList<>(1))
                .add(header.value()));
    var json = JsonNodeFactory.instance.objectNode();
    byName.forEach(
        (name, values) -> {
          if (values.size() == 1) {
            json.put(name, values.get(0));
          } else {
            values.forEach(json.putArray(name)::add);
          }
        });
    return json;
  }

  /** A body that is text is shown as text, whatever its content type is. */
  private static Optional<String> utf8(Body body) {
    try {
      var decoder = StandardCharsets.UTF_8.newDecoder();
      return Optional.of(decoder.decode(ByteBuffer.wrap(body.bytes())).toString())
          .filter(text -> text.indexOf('\0') < 0);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** RFC 3339 in UTC, to the millisecond. */
  public static String time(Instant at) {
    return DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.MILLIS));
  }
}
