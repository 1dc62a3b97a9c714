package dev.retriever.origin.simulation.schedules;

import dev.retriever.origin.schedules.CatchUp;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.TickRule;
import dev.retriever.origin.schedules.WhileRunning;
import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.probe.Requests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The schedules of a run, by chances of their own, in every thirteenth seed: the others find rare
 * things as they are. Each ends by itself, so that the run does.
 *
 * @param now when the run begins
 */
public record SchedulePlan(long seed, Instant now) {
  private static final int MOST = 3;
  private static final Duration LONGEST = Duration.ofSeconds(90);

  /**
   * One request, which its caller repeats until it is answered.
   *
   * @param after when it is sent, from the beginning
   */
  public record Ask(String originId, Duration after, ScheduleRequest request) {}

  /** Everything that is asked, in the order of its times for each schedule. */
  public List<Ask> asks() {
    var asks = new ArrayList<Ask>();
    if (seed % 13 != 5) {
      return asks;
    }
    var chance = new RandomStreams(seed, "schedules");
    var count = 1 + chance.below(MOST);
    for (var number = 1; number <= count; number++) {
      add(asks, new RandomStreams(seed, "schedule " + number), "o" + number);
    }
    return asks;
  }

  private void add(List<Ask> asks, RandomStreams chance, String originId) {
    var begins = chance.between(Duration.ZERO, Duration.ofSeconds(15));
    asks.add(new Ask(originId, begins, put(spec(chance))));
    if (chance.happens(0.3)) {
      var paused = begins.plus(chance.between(Duration.ofSeconds(1), Duration.ofSeconds(15)));
      var resumed = paused.plus(chance.between(Duration.ofSeconds(1), Duration.ofSeconds(15)));
      asks.add(new Ask(originId, paused, new ScheduleRequest.Pause("s")));
      asks.add(new Ask(originId, resumed, new ScheduleRequest.Resume("s", chance.happens(0.5))));
    } else if (chance.happens(0.3)) {
      var changed = begins.plus(chance.between(Duration.ofSeconds(1), Duration.ofSeconds(30)));
      asks.add(new Ask(originId, changed, put(spec(chance))));
    }
  }

  private static ScheduleRequest put(ScheduleSpec spec) {
    return new ScheduleRequest.Put("s", spec, ScheduleRequest.Condition.NONE);
  }

  private ScheduleSpec spec(RandomStreams chance) {
    var fetch = Requests.followUp();
    var period = chance.between(Duration.ofSeconds(2), Duration.ofSeconds(12));
    var policy = chance.oneOf(List.of(CatchUp.Policy.values()));
    return ScheduleSpec.of(TickRule.every(Duration.ofMillis(period.toMillis())), fetch)
        .overlap(chance.oneOf(List.of(WhileRunning.values())))
        .catchUp(new CatchUp(policy, CatchUp.WITHIN, 10))
        .jitter(chance.happens(0.5) ? Duration.ofSeconds(2) : Duration.ZERO)
        .between(Optional.empty(), Optional.of(now.plus(LONGEST)));
  }
}
