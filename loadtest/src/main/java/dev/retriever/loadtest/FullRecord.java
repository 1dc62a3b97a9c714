package dev.retriever.loadtest;

import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.run.Scenario;
import dev.retriever.loadtest.run.Scenario.Stores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The runs of a full record, and which of them are done. A record that was interrupted goes on
 * where it ended.
 */
final class FullRecord {
  private FullRecord() {}

  /**
   * All runs: those that need PostgreSQL there only, the others on each kind, and the ones that
   * take hours at the end.
   */
  static List<Job> jobs(List<Scenario> scenarios, List<Database.Kind> kinds, Path record) {
    var jobs = new ArrayList<Job>();
    for (var kind : kinds) {
      scenarios.stream()
          .filter(it -> it.stores() == Stores.EACH || it.stores() == Stores.SHARED && shared(kind))
          .map(it -> job(it, kind, record))
          .forEach(jobs::add);
    }
    scenarios.stream()
        .filter(it -> it.stores() == Stores.ONCE)
        .map(it -> job(it, once(kinds), record))
        .forEach(jobs::add);
    return jobs;
  }

  private static boolean shared(Database.Kind kind) {
    return kind == Database.Kind.POSTGRES;
  }

  private static Database.Kind once(List<Database.Kind> kinds) {
    return kinds.contains(Database.Kind.POSTGRES) ? Database.Kind.POSTGRES : kinds.get(0);
  }

  private static Job job(Scenario scenario, Database.Kind kind, Path record) {
    var file = Results.recorded(record, scenario.name(), kind.words());
    return new Job(scenario, kind, Optional.of(file));
  }

  /** Whether the commit says all of the program: it is known, and no file was changed. */
  static boolean isClean(String commit) {
    return !commit.isEmpty() && !commit.endsWith("+");
  }

  /** Whether the record has this run at full size, of this commit, kept or not. */
  static boolean isDone(Optional<Result> recorded, String commit) {
    return recorded
        .filter(it -> isClean(commit) && it.machine().commit().equals(commit))
        .filter(it -> it.size().equals("full"))
        .isPresent();
  }
}
