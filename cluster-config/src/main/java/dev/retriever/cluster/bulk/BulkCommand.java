package dev.retriever.cluster.bulk;

import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.origin.Serialized;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** Messages to the jobs. Component names are the wire format between nodes. */
public sealed interface BulkCommand extends Serialized {
  /** Begins a job, unless there is one of that id. */
  record Start(BulkJob.Wanted wanted, ActorRef<Answer> replyTo) implements BulkCommand {}

  /** Pauses, resumes or ends a job. What has ended stays as it is. */
  record Change(String tenant, String id, BulkJob.State to, ActorRef<Answer> replyTo)
      implements BulkCommand {}

  /** Reads all jobs. */
  record Read(ActorRef<Jobs> replyTo) implements BulkCommand {}

  /**
   * The fetches of a page were found. Those that another driver has found before stay.
   *
   * @param page its number
   */
  record FindPage(long number, long page, List<Item> items, ActorRef<Jobs> replyTo)
      implements BulkCommand {
    public FindPage {
      items = List.copyOf(items);
    }
  }

  /**
   * All of a page has been answered. A page that was told before changes nothing.
   *
   * @param page its number
   * @param isLast whether the job has nothing more to do
   */
  record EndPage(
      long number,
      long page,
      Optional<BulkJob.After> after,
      BulkJob.Counts counts,
      boolean isLast,
      ActorRef<Jobs> replyTo)
      implements BulkCommand {}

  /**
   * Pauses a job that cannot go on by itself. It keeps its number and place, so that it can be
   * resumed.
   *
   * @param page that cannot be done; another one changes nothing
   * @param why in a sentence
   */
  record Hold(long number, long page, String why, ActorRef<Jobs> replyTo) implements BulkCommand {}

  /**
   * An answer about one job.
   *
   * @param job as it stands; empty if there is none, or if there are too many
   * @param isNew whether it has begun with this command
   */
  record Answer(Optional<BulkJob> job, boolean isNew) implements Serialized {}

  /** All jobs. */
  record Jobs(List<BulkJob> jobs) implements Serialized {}
}
