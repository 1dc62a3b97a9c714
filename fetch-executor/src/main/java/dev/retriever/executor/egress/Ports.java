package dev.retriever.executor.egress;

import java.util.List;
import java.util.regex.Pattern;

/** The ports of targets that may be called. Immutable. */
record Ports(List<Range> ranges, List<Range> denied) {
  static final int HIGHEST = 65535;

  /** All ports. */
  static final Ports ANY = new Ports(List.of(new Range(1, HIGHEST)), List.of());

  private static final Pattern ENTRY = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

  /** A range of ports, both ends inclusive. */
  record Range(int first, int last) {
    boolean has(int port) {
      return first <= port && port <= last;
    }
  }

  /**
   * @param entries such as {@code 443} or {@code 1024-65535}; {@code !6379} excludes a port
   * @throws IllegalArgumentException naming the entry that is wrong
   */
  static Ports of(List<String> entries) {
    var allowed = entries.stream().filter(entry -> !isDenied(entry));
    var denied = entries.stream().filter(Ports::isDenied);
    return new Ports(allowed.map(Ports::range).toList(), denied.map(Ports::range).toList());
  }

  private static boolean isDenied(String entry) {
    return entry.strip().startsWith("!");
  }

  private static Range range(String entry) {
    var match = ENTRY.matcher(isDenied(entry) ? entry.strip().substring(1) : entry.strip());
    if (!match.matches()) {
      throw wrong(entry);
    }
    var first = Integer.parseInt(match.group(1));
    var last = match.group(2) == null ? first : Integer.parseInt(match.group(2));
    if (first < 1 || last < first || last > HIGHEST) {
      throw wrong(entry);
    }
    return new Range(first, last);
  }

  private static IllegalArgumentException wrong(String entry) {
    return new IllegalArgumentException(
        "egress-ports: \""
            + entry
            + "\" is not a port from 1 to 65535 or a range of them, optionally after !");
  }

  boolean have(int port) {
    return ranges.stream().anyMatch(range -> range.has(port))
        && denied.stream().noneMatch(range -> range.has(port));
  }
}
