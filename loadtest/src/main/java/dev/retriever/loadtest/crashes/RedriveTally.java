package dev.retriever.loadtest.crashes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fetches that a job made again, compared with those that it was for. Decides by its arguments
 * alone.
 *
 * @param made new fetches
 * @param missing fetches of which there is no new one
 * @param twice fetches of which there is more than one new one
 * @param others fetches that the job was not for and that have a new one, or a new one of a new one
 */
record RedriveTally(long made, long missing, long twice, long others) {

  /** A fetch that was found. Its id says of which one it is a redrive, and searches say no more. */
  record Found(String originId, String id) {
    private static final Pattern REDRIVE = Pattern.compile("(.+)~rb?\\d+");

    /** The id of the one that it repeats, if it is a redrive. */
    Optional<String> redriveOf() {
      return Optional.of(REDRIVE.matcher(id)).filter(Matcher::matches).map(it -> it.group(1));
    }
  }

  static RedriveTally of(Set<String> failed, Collection<Found> found) {
    var again = new HashMap<String, List<String>>();
    found.forEach(
        it ->
            it.redriveOf()
                .ifPresent(of -> again.computeIfAbsent(of, id -> new ArrayList<>()).add(it.id())));
    var others = new HashSet<>(again.keySet());
    others.removeAll(failed);
    return new RedriveTally(
        again.values().stream().mapToLong(List::size).sum(),
        failed.stream().filter(it -> !again.containsKey(it)).count(),
        again.values().stream().filter(ids -> ids.size() > 1).count(),
        others.size());
  }
}
