package dev.retriever.loadtest;

import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.run.Scenario;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One run of a scenario.
 *
 * @param kind the database of scenarios that can choose
 * @param file of its result; empty for a new one beside those of earlier runs
 */
record Job(Scenario scenario, Database.Kind kind, Optional<Path> file) {
  String title() {
    return scenario.name() + " on " + kind.words();
  }
}
