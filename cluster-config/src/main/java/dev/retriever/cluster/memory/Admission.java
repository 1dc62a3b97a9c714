package dev.retriever.cluster.memory;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.memory.MemoryBudget.Share;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Admits submissions when there is memory for their bodies, before the bodies are read. A body
 * exists several times while it is read, parsed and journaled, so it counts with a weight.
 * Thread-safe.
 */
public final class Admission {
  /** The most copies of a body that exist at once. */
  static final int WEIGHT = 6;

  /** A body without a length is admitted in steps of this size, in bytes. */
  static final int STEP = 64 * 1024;

  private final ByteAccount uploads;

  public Admission(MemoryBudget budget) {
    uploads = budget.account(Share.UPLOADS);
  }

  /**
   * Memory for a body. Close it when nothing of the body is kept any more.
   *
   * @param announced its length, if it is known
   * @return empty when it must not be read
   */
  public Optional<ByteGrant> admitted(OptionalLong announced) {
    return uploads.acquire(WEIGHT * announced.orElse(STEP));
  }

  /** Admits more of a body without a length; false when there is no memory for it. */
  static boolean grows(ByteGrant memory, long size) {
    var steps = (size + STEP - 1) / STEP;
    return memory.growTo(WEIGHT * steps * STEP);
  }

  /**
   * Admits all of a body that was admitted in part; less than that changes nothing.
   *
   * @throws Problem.Found when there is no memory for it; the grant stays to be closed
   */
  public static void whole(ByteGrant memory, long size) {
    if (!memory.growTo(WEIGHT * size)) {
      throw refusal();
    }
  }

  public static Problem.Found refusal() {
    return Problem.of(
            ProblemType.OVERLOADED,
            "The node has no memory for this body now. Nothing was changed; repeat it later, with"
                + " the same id.")
        .found();
  }
}
