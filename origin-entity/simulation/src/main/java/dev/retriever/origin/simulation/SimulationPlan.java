package dev.retriever.origin.simulation;

import dev.retriever.origin.simulation.cluster.PromiseChecker;
import dev.retriever.origin.simulation.cluster.SimulatedCallers;
import dev.retriever.origin.simulation.cluster.SimulatedCluster;
import dev.retriever.origin.simulation.cluster.Workload;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.FaultChances;
import dev.retriever.origin.simulation.probe.ProbeOrigin;
import dev.retriever.origin.simulation.queue.QueuePlan;
import java.time.Duration;

/** Which origins are simulated, and what is done with them. */
interface SimulationPlan {
  /** Retriever's own: every promise is put to the test. */
  SimulationPlan OWN =
      new SimulationPlan() {
        @Override
        public SimulatedCluster.Code code(FaultChances luck) {
          return new SimulatedCluster.Code(
              new ProbeOrigin(() -> luck.strikes(Fault.HANDLER_THROWS), true),
              new ProbeOrigin(() -> luck.strikes(Fault.HANDLER_THROWS), false));
        }

        @Override
        public Workload begin(
            SimulatedCluster cluster, PromiseChecker promises, SeedRun.Size size, Duration until) {
          var callers = new SimulatedCallers(cluster, promises, cluster.seed());
          callers.begin(size.fetches(), size.origins(), until);
          callers.rush(size.fetches(), size.rushed(), until);
          return callers;
        }

        @Override
        public boolean isProbed() {
          return true;
        }

        @Override
        public QueuePlan queues(long seed) {
          return QueuePlan.of(seed);
        }

        @Override
        public void end(SimulatedCluster cluster, PromiseChecker promises) {}
      };

  SimulatedCluster.Code code(FaultChances luck);

  /** Plans what is done with them until then. */
  Workload begin(
      SimulatedCluster cluster, PromiseChecker promises, SeedRun.Size size, Duration until);

  /** Whether the origins write down what their continuations hear, and then have nothing to do. */
  boolean isProbed();

  /** The queues of the run with that seed. */
  QueuePlan queues(long seed);

  /** Everything has come to its end. */
  void end(SimulatedCluster cluster, PromiseChecker promises);
}
