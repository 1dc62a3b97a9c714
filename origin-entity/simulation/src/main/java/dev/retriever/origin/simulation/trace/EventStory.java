package dev.retriever.origin.simulation.trace;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Of all that has happened, what one fetch or alarm, or one origin or node, has lived through. */
public final class EventStory {
  private EventStory() {}

  /**
   * What is about it, and what befell the nodes that had to do with it.
   *
   * @param subject such as {@code o1/f2}, {@code o1/alarm/7/a2}, {@code o1} or {@code n1}; all is
   *     told of one that nothing is about
   */
  public static List<String> of(List<Trace.Entry> entries, String subject) {
    var about = isAbout(subject);
    var nodes = new HashSet<String>();
    entries.stream()
        .map(Trace.Entry::line)
        .filter(about)
        .forEach(line -> nodes.addAll(line.nodes()));
    var matters = nodes.isEmpty() ? always() : about.or(line -> concerns(line, nodes));
    return entries.stream()
        .filter(entry -> matters.test(entry.line()))
        .map(Trace.Entry::toString)
        .toList();
  }

  private static Predicate<TraceLine> isAbout(String subject) {
    var parts = List.of(subject.split("/"));
    var first = parts.get(0);
    // What is unhandled is named by its cause, which has the fetch or alarm somewhere in it. No two
    // of a run have one name, so a message that names the fetch alone is about this one.
    return line ->
        parts.size() == 1
            ? line.origin().equals(first) || line.nodes().contains(first)
            : parts.contains(line.thing()) || line.origin().equals(first) && line.thing().isEmpty();
  }

  private static boolean concerns(TraceLine line, Set<String> nodes) {
    return line.isOfNodes()
        && (line.nodes().isEmpty() || line.nodes().stream().anyMatch(nodes::contains));
  }

  private static Predicate<TraceLine> always() {
    return line -> true;
  }
}
