package dev.retriever.origin.simulation;

import java.time.Duration;

/** Which origins are simulated, and what is done with them. */
interface Scenario {
  /** Retriever's own: every promise is put to the test. */
  Scenario OWN =
      new Scenario() {
        @Override
        public Cluster.Code code(Luck luck) {
          return new Cluster.Code(
              new Probe(() -> luck.strikes(Fault.HANDLER_THROWS), true),
              new Probe(() -> luck.strikes(Fault.HANDLER_THROWS), false));
        }

        @Override
        public Guests begin(Cluster cluster, Promises promises, SeedRun.Size size, Duration until) {
          var callers = new Callers(cluster, promises, cluster.seed());
          callers.begin(size.fetches(), size.origins(), until);
          return callers;
        }

        @Override
        public boolean isProbed() {
          return true;
        }

        @Override
        public void end(Cluster cluster, Promises promises) {}
      };

  Cluster.Code code(Luck luck);

  /** Plans what is done with them until then. */
  Guests begin(Cluster cluster, Promises promises, SeedRun.Size size, Duration until);

  /** Whether the origins write down what their continuations hear, and then have nothing to do. */
  boolean isProbed();

  /** Everything has come to its end. */
  void end(Cluster cluster, Promises promises);
}
