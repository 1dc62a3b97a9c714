package dev.retriever.cluster.fleet;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Whether one node may be stopped in good order now, so that callers notice nothing. Pure.
 *
 * @param roles that some other node must have, with what they are for
 */
record MayStop(Map<String, String> roles) {

  /**
   * Why none may be stopped; empty if one may.
   *
   * @param names how a node is named
   */
  Optional<String> refusal(AllNodes fleet, UnaryOperator<String> names) {
    for (var member : fleet.members()) {
      var why = unsettled(member);
      if (why.isPresent()) {
        return Optional.of("Node " + names.apply(member.node()) + " " + why.get());
      }
    }
    if (fleet.members().size() < 2) {
      return Optional.of(
          "There is no other node. What is pending waits until this one is started again.");
    }
    if (fleet.reports().anyMatch(NodeReport::storageAway)) {
      return Optional.of("The database is away. Wait until it is back.");
    }
    return whyEach(fleet, names);
  }

  /** Why each of them must not be stopped; empty if one of them may. */
  private Optional<String> whyEach(AllNodes fleet, UnaryOperator<String> names) {
    var reasons = new StringBuilder();
    for (var member : fleet.members()) {
      var only = onlyOne(member, fleet);
      if (only.isEmpty()) {
        return Optional.empty();
      }
      var text = "Node %s is the only node that %s. ";
      reasons.append(text.formatted(names.apply(member.node()), only.get()));
    }
    return Optional.of(reasons + "Start another one first.");
  }

  private static Optional<String> unsettled(Member member) {
    if (!member.reachable()) {
      return Optional.of("is unreachable. Wait until it is back, or removed.");
    }
    if (!member.isUp()) {
      return Optional.of("is " + member.status() + ". Wait until that is over.");
    }
    if (member.report().isEmpty()) {
      return Optional.of("did not answer in time. Look at its log before you stop another one.");
    }
    return member.report().get().stopping().map(why -> "is stopping. Wait until it is gone.");
  }

  /** Why that one of the nodes must not be stopped: it is the only one for something. */
  Optional<String> refusalOf(Member member, AllNodes fleet) {
    return onlyOne(member, fleet).map(what -> "It is the only node that " + what + ".");
  }

  private Optional<String> onlyOne(Member member, AllNodes fleet) {
    for (var role : new TreeMap<>(roles).entrySet()) {
      var isOnly = fleet.members().stream().filter(it -> it.has(role.getKey())).count() == 1;
      if (isOnly && member.has(role.getKey()) && fleet.members().size() > 1) {
        return Optional.of(role.getValue());
      }
    }
    return Optional.empty();
  }
}
