package dev.retriever.origin.simulation.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.schedules.ScheduleEvent;
import dev.retriever.origin.simulation.trace.Trace;
import dev.retriever.origin.simulation.trace.TraceLine;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RowsTest {
  private static final Instant AT = Trace.BEGINNING.plusMillis(1500);

  private static TraceLine line(Object row) {
    return TraceRows.line("n1", "o1", 12, row);
  }

  @Test
  void every_row_has_words() {
    var all =
        Stream.of(OriginEvent.class, ScheduleEvent.class, ProbeOrigin.Event.class)
            .<Class<?>>flatMap(root -> Stream.of(root.getPermittedSubclasses()))
            .filter(type -> type != OriginEvent.OfSchedule.class);

    assertThat(TraceRows.known()).containsExactlyInAnyOrderElementsOf(all.toList());
  }

  @Test
  void a_row_says_its_number_its_fetch_and_what_tells_it_from_others() {
    var accepted =
        new FetchAccepted(
            "f1", Requests.followUp(), AT, Optional.of("n2@n2:1#1/default"), Optional.empty());
    var report = new Report.NotSent(Stage.CONNECTING, "connection-refused");
    var ended = new AttemptEnded("f1", 2, report, true, AT, AT, Optional.empty());
    var outcome = new Outcome.Answered(new Response(200, List.of(), Body.utf8("200 number 3")));
    var settled = new FetchSettled("f1", outcome, false, List.of(), AT);

    assertThat(line(accepted).text())
        .isEqualTo(
            "o1 row 12 FetchAccepted f1: GET, 5 s within 40 s, grace 5 s, attempts 3,"
                + " resend when-safe; #1 on n2");
    assertThat(line(ended).text())
        .isEqualTo(
            "o1 row 12 AttemptEnded f1#2 not sent, connection-refused when connecting;"
                + " again at 1.5 s");
    assertThat(line(settled).text())
        .isEqualTo("o1 row 12 FetchSettled f1: answered \"200 number 3\"; attempts made 0");
  }

  @Test
  void a_row_that_names_a_cause_is_about_its_fetch_or_alarm() {
    var thing = List.of("outcome/f1-then", "late/f2/3", "alarm/7/a1");

    assertThat(thing)
        .map(cause -> line(new HandlingFailed(cause, "it throws", AT, Optional.empty())).thing())
        .containsExactly("f1-then", "f2", "a1");
  }
}
