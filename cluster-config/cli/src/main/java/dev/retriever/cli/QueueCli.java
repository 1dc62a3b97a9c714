package dev.retriever.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cli.text.QueueText;
import dev.retriever.cli.text.Table;
import dev.retriever.client.ApiObject;
import dev.retriever.client.Page;
import dev.retriever.client.QueueCalls;
import dev.retriever.client.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands about queues. */
@Command(
    name = "queue",
    description = "Shows, sets and operates queues.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class QueueCli extends GroupCli {
  @ParentCommand private Cli cli;

  @Override
  Session session() {
    return cli.session();
  }

  private QueueCalls queues() {
    return client().queues();
  }

  private int shown(ApiObject queue) {
    session().show(queue.json(), QueueText::lines);
    return ExitCodes.DONE;
  }

  private int listed(Page<ApiObject> page, ListOptions pages, String none, String... members) {
    var table = new Table(members);
    page.items()
        .forEach(
            it ->
                table.row(
                    List.of(members).stream()
                        .map(name -> it.text("/" + name).orElse("-"))
                        .toArray()));
    session().show(page.items().stream().map(ApiObject::json).toList(), table, none);
    pages.more(session(), page.next());
    return ExitCodes.DONE;
  }

  @Command(description = "Lists queues, with state and figures.")
  int list(@Mixin ListOptions pages) {
    var calls = queues();
    var page = calls.list(pages.limit(), pages.cursor());
    var queues =
        page.items().stream().map(it -> calls.get(it.text("/name").orElseThrow()).json()).toList();
    var table = new Table("name", "state", "waiting", "running", "limited by", "drains in");
    queues.forEach(it -> QueueText.row(table, it));
    session()
        .show(queues, table, "no queues; make one with: retriever queue set NAME concurrency=20");
    pages.more(session(), page.next());
    return ExitCodes.DONE;
  }

  @Command(description = "Shows a queue: settings, state, figures.")
  int get(@Parameters(paramLabel = "QUEUE") String name) {
    return shown(queues().get(name));
  }

  @Command(description = "Lists what waits and runs by tenant and key, most first.")
  int keys(@Parameters(paramLabel = "QUEUE") String name, @Mixin ListOptions pages) {
    var page = queues().keys(name, pages.limit(), pages.cursor());
    return listed(
        page, pages, "nothing waits or runs", "tenant", "key", "waiting", "running", "oldest");
  }

  @Command(description = "Lists what waits by origin, the oldest first.")
  int waiting(@Parameters(paramLabel = "QUEUE") String name, @Mixin ListOptions pages) {
    var page = queues().waiting(name, pages.limit(), pages.cursor());
    return listed(
        page, pages, "nothing waits", "tenant", "originId", "key", "priority", "waiting", "oldest");
  }

  @Command(
      description =
          "Makes a queue, or changes the settings that are named: concurrency=20 rate.limit=50.")
  int set(
      @Parameters(paramLabel = "QUEUE") String name,
      @Parameters(paramLabel = "NAME=VALUE", arity = "0..*") List<String> settings,
      @Option(names = "--file", paramLabel = "FILE", description = "all settings, in JSON")
          String file) {
    var calls = queues();
    if (file != null) {
      return shown(calls.put(name, session().document(file), Optional.of("*")));
    }
    var changes = Changes.of(settings == null ? List.of() : settings);
    return shown(patchedOrMade(calls, name, changes));
  }

  /** A queue that is not there is made: whoever names settings wants it to have them. */
  private static ApiObject patchedOrMade(QueueCalls calls, String name, JsonNode changes) {
    try {
      return calls.patch(name, changes);
    } catch (ProblemException e) {
      if (e.status() != 404) {
        throw e;
      }
      return calls.put(name, changes, Optional.empty());
    }
  }

  @Command(description = "Removes an empty queue.")
  int remove(@Parameters(paramLabel = "QUEUE") String name) {
    queues().remove(name);
    session().say(name + " is removed");
    return ExitCodes.DONE;
  }

  @Command(description = "Lets nothing begin; what runs goes on.")
  int pause(
      @Parameters(paramLabel = "QUEUE") String name,
      @Option(names = "--reason", required = true) String reason,
      @Option(names = "--for", paramLabel = "TIME", description = "until resumed by default")
          Duration time) {
    return shown(queues().pause(name, reason, Optional.ofNullable(time).map(this::after)));
  }

  private Instant after(Duration time) {
    return session().around().time().now().plus(time);
  }

  @Command(description = "Ends a pause and a drain.")
  int resume(@Parameters(paramLabel = "QUEUE") String name) {
    return shown(queues().resume(name));
  }

  @Command(description = "Takes no more submissions, and lets the rest run.")
  int drain(@Parameters(paramLabel = "QUEUE") String name) {
    return shown(queues().drain(name));
  }

  @Command(description = "Cancels what waits and was not sent.")
  int purge(
      @Parameters(paramLabel = "QUEUE") String name,
      @Option(names = "--key", description = "of that key alone") String key,
      @Option(names = "--before", paramLabel = "INSTANT", description = "accepted before; now")
          Instant before,
      @Mixin Consent consent) {
    consent.ask(
        session(), "Cancel what waits in " + name + (key == null ? "?" : " under " + key + "?"));
    return shown(queues().purge(name, Optional.ofNullable(key), Optional.ofNullable(before)));
  }

  @Command(description = "Lets nothing begin for a time, as if the target had asked for it.")
  int hold(
      @Parameters(paramLabel = "QUEUE") String name,
      @Option(names = "--reason", required = true) String reason,
      @Option(names = "--for", paramLabel = "TIME", required = true) Duration time) {
    return shown(queues().hold(name, reason, after(time)));
  }

  @Command(description = "Ends all holds.")
  int release(@Parameters(paramLabel = "QUEUE") String name) {
    return shown(queues().release(name));
  }

  @Command(description = "Opens or closes the breaker: open, close, or auto.")
  int breaker(
      @Parameters(paramLabel = "QUEUE") String name, @Parameters(paramLabel = "MODE") String mode) {
    return shown(queues().breaker(name, mode));
  }

  @Command(description = "Lists the attempts that hold slots; release-slot frees one that lingers.")
  int slots(@Parameters(paramLabel = "QUEUE") String name, @Mixin ListOptions pages) {
    var page = queues().slots(name, pages.limit(), pages.cursor());
    return listed(
        page,
        pages,
        "no slot is taken",
        "slot",
        "tenant",
        "originId",
        "fetchId",
        "attempt",
        "timeUp",
        "lingers");
  }

  @Command(name = "release-slot", description = "Frees the slot of an attempt that was given up.")
  int releaseSlot(
      @Parameters(paramLabel = "QUEUE") String name,
      @Parameters(paramLabel = "SLOT") int slot,
      @Mixin Consent consent) {
    consent.ask(
        session(),
        "Free slot %d of %s? If its attempt still runs, more than the limit run."
            .formatted(slot, name));
    return shown(queues().releaseSlot(name, slot));
  }
}
