package dev.retriever.cluster.memory;

import dev.retriever.executor.memory.ByteGrant;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;

/**
 * The last stage before a connection. An element stays in memory until the connection asks for the
 * next one; then its bytes are released. When the connection ends, all memory of the reader is
 * released.
 *
 * <p>A connection that takes nothing for a while is closed if others wait for the memory. Its
 * reader may resume where it was.
 */
public final class Taken<I, O> extends GraphStage<FlowShape<I, O>> {
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final ReaderMemory reader;
  private final Function<I, Optional<ByteGrant>> memory;
  private final Function<I, O> rendered;
  private final Duration patience;
  private final BooleanSupplier isInTheWay;
  private final Inlet<I> in = Inlet.create("Taken.in");
  private final Outlet<O> out = Outlet.create("Taken.out");

  /** For readers that share {@link OutcomeMemory} with others. */
  public Taken(
      ReaderMemory reader,
      Function<I, Optional<ByteGrant>> memory,
      Function<I, O> rendered,
      Duration patience) {
    this(reader, memory, rendered, patience, reader::isInTheWay);
  }

  /**
   * @param memory the memory of an element, if it is counted
   * @param patience with a reader that takes nothing while others need its memory
   * @param isInTheWay whether others need the memory
   */
  public Taken(
      ReaderMemory reader,
      Function<I, Optional<ByteGrant>> memory,
      Function<I, O> rendered,
      Duration patience,
      BooleanSupplier isInTheWay) {
    this.isInTheWay = isInTheWay;
    this.reader = reader;
    this.memory = memory;
    this.rendered = rendered;
    this.patience = patience;
  }

  /** Why a connection is ended. */
  static final class Stalled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stalled(Duration patience) {
      super(
          "the reader of outcomes took nothing for " + patience + ", and others wait for memory",
          null,
          false,
          false);
    }
  }

  @Override
  public FlowShape<I, O> shape() {
    return FlowShape.of(in, out);
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {
    private Optional<ByteGrant> held = Optional.empty();
    private boolean isBeingTaken;

    /**
     * How many times the timer fired since the element was handed on. The first time comes early.
     */
    private int looks;

    Logic() {
      super(shape());
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              handOn(grab(in));
            }

            /** The last element is still in memory. */
            @Override
            public void onUpstreamFinish() {
              if (!isBeingTaken) {
                completeStage();
              }
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              over();
              if (isClosed(in)) {
                completeStage();
              } else {
                pull(in);
              }
            }
          });
    }

    private void handOn(I element) {
      held = memory.apply(element);
      isBeingTaken = true;
      looks = 0;
      if (!isTimerActive(LOOK)) {
        scheduleOnce(LOOK, LOOK);
      }
      push(out, rendered.apply(element));
    }

    private void over() {
      isBeingTaken = false;
      held.ifPresent(reader::over);
      held = Optional.empty();
    }

    @Override
    public void onTimer(Object key) {
      looks++;
      var isPatient = LOOK.multipliedBy(looks - 1L).compareTo(patience) < 0;
      if (isBeingTaken && !isPatient && isInTheWay.getAsBoolean()) {
        failStage(new Stalled(patience));
      } else if (isBeingTaken) {
        scheduleOnce(LOOK, LOOK);
      }
    }

    @Override
    public void postStop() {
      reader.end();
    }
  }
}
