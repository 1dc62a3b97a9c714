package dev.retriever.cluster.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchSummary;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.Later;
import dev.retriever.origin.OriginOperations;
import dev.retriever.origin.OriginView;
import dev.retriever.origin.Origins;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.Schedules;
import dev.retriever.origin.schedules.TickRule;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The origins of one caller, over origins that remember what they were asked. */
class TenantOriginsTest {
  private static final String NODE = "retriever@10.0.0.7:17355#5f0c1a77c0ffee";
  private static final FetchSpec SPEC =
      FetchSpec.of(FetchRequest.of("GET", "https://example.com/"));

  private static final FetchBatch BATCH = new FetchBatch(List.of(new FetchBatch.Entry("f", SPEC)));

  private final List<String> asked = new ArrayList<>();

  private TenantOrigins<Void> origins(String tenant, String pattern, Role... roles) {
    var caller =
        new Caller(
            Caller.Method.KEY, "k", new Tenant(tenant), Set.of(roles), new OriginPattern(pattern));
    Schedules schedules =
        (originId, request) -> {
          asked.add("schedules " + originId);
          return CompletableFuture.completedFuture(ScheduleAnswer.of(ScheduleAnswer.Result.DONE));
        };
    return new TenantOrigins<>(inner(), schedules, Tenant.ORIGIN_TYPE, caller);
  }

  @SuppressWarnings("unchecked")
  private Origins<Void> inner() {
    return (Origins<Void>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Origins.class, OriginOperations.class},
            (proxy, method, arguments) -> answer(proxy, method, arguments));
  }

  private Object answer(Object proxy, Method method, Object[] arguments) {
    if (method.getName().equals("operations")) {
      return proxy;
    }
    var id = (String) arguments[0];
    asked.add(method.getName() + " " + id);
    return switch (method.getName()) {
      case "refusal" -> Optional.empty();
      case "tell" -> null;
      case "again" -> CompletableFuture.completedFuture(AGAIN);
      case "ask", "alarms", "trigger", "submitAll" -> CompletableFuture.completedFuture(List.of());
      case "outcomes" -> CompletableFuture.completedFuture(Optional.of(page(id)));
      case "outcome" -> CompletableFuture.completedFuture(Optional.of(view(id)));
      case "list" ->
          CompletableFuture.completedFuture(
              new Origins.Page(List.of(summary(id)), Optional.empty()));
      case "view" ->
          CompletableFuture.completedFuture(
              new OriginView(id, 1, 1, 0, 0, List.of(view(id)), List.of(), List.of()));
      case "cancelAlarm", "redriveUnhandled" -> CompletableFuture.completedFuture(Optional.empty());
      default ->
          CompletableFuture.completedFuture(
              new Origins.Answer(Verdict.NOTED, Optional.of(view(id))));
    };
  }

  private static FetchView view(String originId) {
    return new FetchView(
        originId,
        "f",
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        false,
        List.of(Attempt.open(1, NODE + "/bulk", Instant.EPOCH)),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Erased.DONE,
        Optional.empty(),
        Optional.of("4bf92f3577b34da6a3ce929d0e0e4736"));
  }

  private static FetchSummary summary(String originId) {
    return new FetchSummary(
        originId,
        "f",
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty());
  }

  private static OutcomePage page(String originId) {
    return new OutcomePage(
        Optional.empty(),
        List.of(new OutcomePage.Item(1, Instant.EPOCH, Optional.of(view(originId)), Erased.DONE)),
        1,
        Optional.of(Instant.EPOCH));
  }

  private static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static final Origins.Again AGAIN =
      new Origins.Again(Verdict.NO_SUCH_FETCH, Optional.empty(), "f~r1");

  private static final AlarmView SHOWN =
      new AlarmView(AlarmView.Kind.USER, "a", Instant.EPOCH, Optional.empty());

  /** Everything that the interfaces offer, so that a method added later is missed here. */
  private static List<Object> everything(TenantOrigins<Void> origins) {
    var operations = origins.operations();
    origins.tell("order", null);
    return Arrays.asList(
        now(origins.submit("order", "f", SPEC)),
        now(origins.submit("order", "f", SPEC, null)),
        now(origins.submitAll("order", BATCH)),
        now(origins.submitAll("order", BATCH, null)),
        now(origins.again("order", "f")),
        now(origins.redriveAsNew("order", "f", Optional.empty())),
        now(origins.redriven("order", "f", AGAIN, "f~r1")),
        origins.refusal("order", 1),
        now(origins.ask("order", ref -> null)),
        now(origins.read("order", "f")),
        now(origins.await("order", "f", Duration.ofSeconds(1))),
        now(origins.outcomes("order", Optional.empty(), 1, Duration.ZERO)),
        now(origins.outcome("order", page("order").items().get(0))),
        now(origins.cancel("order", "f")),
        now(origins.cancelAt("order", "f", 1)),
        now(origins.erase("order", "f")),
        now(origins.eraseAt("order", "f", 1)),
        now(origins.move("order", "f", Later.after(Duration.ofHours(1)))),
        now(origins.bringForward("order", "f")),
        now(origins.list("order", Optional.empty(), 0, 1)),
        now(origins.cancelAlarm("order", "a")),
        now(origins.schedules("order", new ScheduleRequest.Read("s"))),
        now(operations.view("order", 1)),
        now(operations.alarms("order", AlarmFilter.ALL, Set.of())),
        now(operations.trigger("order", 1)),
        now(operations.trigger("order", SHOWN)),
        now(operations.redrive("order", "f")),
        now(operations.redriveUnhandled("order", "k")));
  }

  @Test
  void the_tenant_is_put_before_every_id_and_taken_off_every_view() {
    var answers = everything(origins("acme", "*", Role.OPERATE));

    var methods = Origins.class.getMethods().length + OriginOperations.class.getMethods().length;
    // Its schedules are no method of these, and operations ask nothing; a redrive asks twice.
    assertThat(asked).hasSize(methods).allMatch(it -> it.endsWith(" acme/order"));
    assertThat(answers.toString()).contains("originId=order").doesNotContain("acme");
  }

  @Test
  void ids_of_the_default_tenant_stay_as_they_are() {
    everything(origins("default", "*"));

    assertThat(asked).isNotEmpty().allMatch(it -> it.endsWith(" order"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme/order", "acme%2Forder", "", "a|b", "/order"})
  void an_id_that_could_name_another_tenants_origin_reaches_no_origin(String id) {
    assertThatThrownBy(() -> now(origins("default", "*").read(id, "f")))
        .isInstanceOf(Problem.Found.class);
    assertThatThrownBy(() -> now(origins("zzqq", "*").submit(id, "f", SPEC)))
        .isInstanceOf(Problem.Found.class);
    assertThat(asked).isEmpty();
  }

  @Test
  void an_origin_outside_the_pattern_is_not_asked_and_reads_as_one_without_fetches() {
    var origins = origins("acme", "invoice-*", Role.ALL.toArray(Role[]::new));

    assertThat(now(origins.read("order", "f")).verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(now(origins.await("order", "f", Duration.ofSeconds(9))).fetch()).isEmpty();
    assertThat(now(origins.cancel("order", "f")).verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(now(origins.list("order", Optional.empty(), 0, 9)).items()).isEmpty();
    assertThat(now(origins.cancelAlarm("order", "a"))).isEmpty();
    assertThat(now(origins.schedules("order", new ScheduleRequest.Trigger("s"))).result())
        .isEqualTo(ScheduleAnswer.Result.NO_SUCH_SCHEDULE);
    assertThat(now(origins.operations().view("order", 1)).rows()).isZero();
    assertThat(now(origins.operations().trigger("order", 1))).isEmpty();
    assertThat(now(origins.operations().redrive("order", "f")).verdict())
        .isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(asked).isEmpty();
  }

  @Test
  void submissions_and_subscriptions_outside_the_pattern_are_refused_before_the_ask() {
    var origins = origins("acme", "invoice-*", Role.SUBMIT, Role.READ);

    isNotAllowed(() -> origins.submit("order", "f", SPEC));
    isNotAllowed(() -> origins.refusal("order", 1));
    isNotAllowed(
        () ->
            origins.schedules(
                "order",
                new ScheduleRequest.Put(
                    "s",
                    ScheduleSpec.of(TickRule.every(Duration.ofHours(1)), SPEC),
                    ScheduleRequest.Condition.NONE)));
    isNotAllowed(() -> origins.outcomes("order", Optional.empty(), 1, Duration.ZERO));
    isNotAllowed(() -> origins.outcome("order", page("order").items().get(0)));
    assertThat(asked).isEmpty();
    assertThat(now(origins.submit("invoice-1", "f", SPEC)).fetch()).isPresent();
  }

  private static void isNotAllowed(Runnable ask) {
    assertThatThrownBy(ask::run)
        .isInstanceOfSatisfying(
            Problem.Found.class,
            found -> assertThat(found.problem().type()).isEqualTo(ProblemType.ORIGIN_NOT_ALLOWED));
  }

  @Test
  void addresses_of_nodes_are_for_operators_and_others_see_a_number() {
    var seen = executor(origins("acme", "*", Role.READ));

    assertThat(seen).matches("node-[0-9a-f]{12}/bulk");
    assertThat(executor(origins("default", "*", Role.READ))).isEqualTo(seen);
    assertThat(executor(origins("acme", "*", Role.OPERATE))).isEqualTo(NODE + "/bulk");
    assertThat(NodeNames.withoutAddress(NODE)).isEqualTo(seen.replace("/bulk", ""));
  }

  private static String executor(TenantOrigins<Void> origins) {
    return now(origins.read("order", "f")).fetch().orElseThrow().attempts().get(0).executor();
  }

  @Test
  void texts_of_outcomes_are_shared_by_callers_who_see_the_same_and_by_no_others() {
    var reader = origins("acme", "*", Role.READ);

    assertThat(reader.cacheKey("order"))
        .isEqualTo(origins("acme", "order", Role.READ, Role.SUBMIT).cacheKey("order"))
        .isNotEqualTo(reader.cacheKey("order2"))
        .isNotEqualTo(origins("zzqq", "*", Role.READ).cacheKey("order"))
        .isNotEqualTo(origins("default", "*", Role.READ).cacheKey("order"))
        .isNotEqualTo(origins("acme", "*", Role.READ, Role.OPERATE).cacheKey("order"));
  }

  @Test
  void figures_of_the_whole_node_are_not_told_to_a_caller() {
    assertThatThrownBy(() -> origins("acme", "*", Role.METRICS).operations().stats())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
