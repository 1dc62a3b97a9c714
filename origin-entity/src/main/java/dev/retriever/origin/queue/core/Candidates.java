package dev.retriever.origin.queue.core;

import dev.retriever.origin.queue.QueueSettings.Weights;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The keys that may go, in the order of turns: tenant, then priority, then key. */
final class Candidates {
  private final FairShares<String> tenants = new FairShares<>();
  private final Map<String, Tenant> known = new HashMap<>();
  private Weights weights;

  Candidates(Weights weights) {
    this.weights = weights;
  }

  /** Other weights, from the next turn of each on. */
  void weights(Weights newWeights) {
    weights = newWeights;
  }

  boolean isEmpty() {
    return tenants.isEmpty();
  }

  /** A line waits there now that did not. */
  void added(LineState line) {
    known.computeIfAbsent(line.key.id.tenant(), it -> new Tenant()).lines[line.level()]++;
  }

  /** A line that waited there is gone. Its key does not take turns by it any more. */
  void removed(LineState line) {
    var name = line.key.id.tenant();
    var tenant = known.get(name);
    if (--tenant.lines[line.level()] == 0) {
      tenant.priorities.emptied(line.level());
      tenant.levels[line.level()] = new FairShares<>();
      if (tenant.isEmpty()) {
        known.remove(name);
      }
    }
  }

  /** The key takes turns at that level, or not any more. */
  void set(KeyState key, int level, boolean mayGo) {
    int bit = 1 << level;
    if (mayGo == ((key.entered & bit) != 0)) {
      return;
    }
    key.entered ^= bit;
    var name = key.id.tenant();
    var tenant = known.get(name);
    var shares = tenant.levels[level];
    if (mayGo) {
      shares.enter(key.id, weight(key.id));
    } else {
      shares.leave(key.id);
    }
    tenant.mayGo = shares.isEmpty() ? tenant.mayGo & ~bit : tenant.mayGo | bit;
    if (tenant.mayGo == 0) {
      tenants.leave(name);
    } else {
      tenants.enter(name, weight(name));
    }
  }

  private int weight(String tenant) {
    return weights.tenants().getOrDefault(tenant, Weights.USUAL);
  }

  private int weight(KeyId key) {
    return weights.keys().getOrDefault(key.key(), Weights.USUAL);
  }

  /** Whose turn it is. There must be one. */
  Turn next() {
    var tenant = known.get(tenants.first());
    int level = tenant.priorities.next(tenant.mayGo);
    return new Turn(tenant.levels[level].first(), level);
  }

  /** The turn of a key at a level. */
  record Turn(KeyId key, int level) {}

  /** Takes the turn. */
  Paid take(Turn turn) {
    var name = turn.key.tenant();
    var tenant = known.get(name);
    var shares = tenant.levels[turn.level];
    return new Paid(
        tenants.charge(name, weight(name)),
        shares,
        shares.charge(turn.key, weight(turn.key)),
        tenant.priorities,
        turn.level,
        tenant.priorities.granted(turn.level, tenant.mayGo));
  }

  /** What a turn has cost, in each order. */
  record Paid(
      FairShares.Charge<String> tenant,
      FairShares<KeyId> keys,
      FairShares.Charge<KeyId> key,
      Priorities priorities,
      int level,
      int credit) {}

  /** The turn led to nothing. */
  void refund(Paid paid) {
    tenants.refund(paid.tenant);
    paid.keys.refund(paid.key);
    paid.priorities.refund(paid.level, paid.credit);
  }

  /** What is remembered of tenants, for the test of its bound. */
  int remembered() {
    return tenants.size() + known.size();
  }

  private static final class Tenant {
    final Priorities priorities = new Priorities();
    final FairShares<KeyId>[] levels = levels();
    final int[] lines = new int[Priorities.LEVELS];
    int mayGo;

    boolean isEmpty() {
      int sum = 0;
      for (int count : lines) {
        sum += count;
      }
      return sum == 0;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static FairShares<KeyId>[] levels() {
      var levels = new FairShares[Priorities.LEVELS];
      Arrays.setAll(levels, it -> new FairShares<KeyId>());
      return levels;
    }
  }
}
