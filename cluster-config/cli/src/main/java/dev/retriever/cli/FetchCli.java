package dev.retriever.cli;

import dev.retriever.cli.text.FetchText;
import dev.retriever.cli.text.Table;
import dev.retriever.client.NewFetch;
import dev.retriever.client.RetrieverClient;
import dev.retriever.client.ShownFetch;
import dev.retriever.client.StreamEvent;
import dev.retriever.client.StreamStart;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands about fetches. */
@Command(
    name = "fetch",
    description = "Submits, shows and ends fetches.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class FetchCli extends GroupCli {
  private static final Duration STEP = Duration.ofSeconds(1);

  @ParentCommand private Cli cli;

  @Override
  Session session() {
    return cli.session();
  }

  private int shown(ShownFetch fetch) {
    session().show(fetch.json(), json -> FetchText.lines(fetch, session().around().width()));
    return ExitCodes.of(fetch);
  }

  private NewFetch read(String url, FetchOptions options, String id, String file) {
    if ((url == null) == (file == null)) {
      throw new Refused("a fetch is a URL or a file", "Give a URL, or --file FILE, and not both.");
    }
    var fetch =
        file == null ? options.fetch(url, session()) : NewFetch.ofJson(session().text(file));
    return id == null ? fetch : fetch.id(id);
  }

  @Command(description = "Submits a fetch, waits, and ends with a code by its outcome.")
  int run(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "URL", arity = "0..1") String url,
      @Mixin FetchOptions options,
      @Option(names = "--id", description = "your name for it; made by default") String id,
      @Option(names = "--file", paramLabel = "FILE", description = "a submission in JSON")
          String file,
      @Option(names = "--wait", paramLabel = "TIME", defaultValue = "5m") Duration wait) {
    return shown(client().fetches().run(origin, read(url, options, id, file), wait));
  }

  @Command(description = "Submits a fetch, and does not wait: it is durable.")
  int submit(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "URL", arity = "0..1") String url,
      @Mixin FetchOptions options,
      @Option(names = "--id", description = "your name for it; made by default") String id,
      @Option(names = "--file", paramLabel = "FILE", description = "a submission in JSON")
          String file,
      @Option(names = "--delay", paramLabel = "TIME", description = "it begins so much later")
          Duration delay,
      @Option(names = "--not-before", paramLabel = "INSTANT", description = "it begins then")
          Instant at) {
    var fetch = read(url, options, id, file);
    fetch = delay == null ? fetch : fetch.delay(delay);
    fetch = at == null ? fetch : fetch.notBefore(at);
    var submitted = client().fetches().submit(origin, fetch);
    session()
        .show(
            submitted.json(),
            json ->
                List.of(
                    submitted.id()
                        + (submitted.isReplay() ? " was there already: " : " is durable: ")
                        + FetchText.standing(submitted)));
    return ExitCodes.DONE;
  }

  @Command(description = "Shows a fetch, and ends with a code by its outcome.")
  int get(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "FETCH") String id,
      @Option(names = "--wait", paramLabel = "TIME", description = "for its outcome")
          Duration wait) {
    var fetches = client().fetches();
    return shown(wait == null ? fetches.get(origin, id) : fetches.await(origin, id, wait));
  }

  @Command(description = "Lists fetches of an origin, in the order of acceptance.")
  int list(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Option(names = "--state", description = "pending or settled") String state,
      @Mixin ListOptions pages) {
    var page =
        client().fetches().list(origin, Optional.ofNullable(state), pages.limit(), pages.cursor());
    var table = new Table("id", "state", "accepted", "outcome");
    page.items()
        .forEach(it -> table.row(it.id(), it.state(), it.acceptedAt(), FetchText.standing(it)));
    session().show(page.items().stream().map(ShownFetch::json).toList(), table, "no fetches");
    pages.more(session(), page.next());
    return ExitCodes.DONE;
  }

  @Command(
      description = "Prints what settles in an origin; of one fetch, waits and ends with its code.")
  int watch(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "FETCH", arity = "0..1") String id,
      @Option(names = "--from", paramLabel = "PLACE", description = "start, or the id of an event")
          String from,
      @Option(names = "--count", paramLabel = "N", description = "end after so many") Integer count,
      @Option(names = "--wait", paramLabel = "TIME", description = "end after that time")
          Duration wait) {
    var longest = wait == null ? Duration.ofDays(366) : wait;
    return id != null
        ? shown(client().fetches().await(origin, id, longest))
        : followed(
            client(), origin, begin(from), count == null ? Integer.MAX_VALUE : count, longest);
  }

  private static StreamStart begin(String from) {
    if (from == null) {
      return StreamStart.now();
    }
    return from.equals("start") ? StreamStart.start() : StreamStart.after(from);
  }

  private int followed(
      RetrieverClient client, String origin, StreamStart from, int count, Duration longest) {
    var began = session().around().time().nanos();
    var told = 0;
    try (var stream = client.outcomes(origin, from)) {
      while (told < count && session().around().time().nanos() - began < longest.toNanos()) {
        var left = longest.minusNanos(session().around().time().nanos() - began);
        var next = stream.next(left.compareTo(STEP) < 0 ? left : STEP);
        next.ifPresent(this::line);
        told += next.isPresent() ? 1 : 0;
      }
    }
    return told < count ? ExitCodes.NOT_SETTLED : ExitCodes.DONE;
  }

  private void line(StreamEvent event) {
    event.fold(
        settled -> {
          var fetch = settled.fetch();
          session()
              .say(
                  session().isJson()
                      ? fetch.json().toString()
                      : Table.plain(
                          settled.id()
                              + "  "
                              + fetch.settledAt().map(String::valueOf).orElse("")
                              + "  "
                              + fetch.id()
                              + "  "
                              + FetchText.standing(fetch)));
          return null;
        },
        gap -> {
          session().note("outcomes " + gap.from() + " to " + gap.to() + " are no longer kept");
          return null;
        },
        reset -> {
          session()
              .note("the origin was forgotten since, and counts anew; all that is kept follows");
          return null;
        });
  }

  @Command(description = "Takes a fetch back.")
  int cancel(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "FETCH") String id) {
    shown(client().fetches().cancel(origin, id));
    return ExitCodes.DONE;
  }

  @Command(description = "Makes a settled fetch again, once however often this is called.")
  int redrive(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "FETCH") String id,
      @Option(names = "--id", description = "another name, to make it again more often")
          String newId) {
    var fetches = client().fetches();
    var made = newId == null ? fetches.redrive(origin, id) : fetches.redrive(origin, id, newId);
    session().show(made.json(), json -> List.of(made.id() + ": " + FetchText.standing(made)));
    return ExitCodes.DONE;
  }

  @Command(description = "Lets a fetch that waits for its time begin now.")
  int start(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "FETCH") String id) {
    shown(client().fetches().start(origin, id));
    return ExitCodes.DONE;
  }

  @Command(description = "Erases what a settled fetch sent and got.")
  int erase(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Parameters(paramLabel = "FETCH") String id,
      @Mixin Consent consent) {
    consent.ask(session(), "Erase the bodies of " + id + " for good?");
    var erased = client().fetches().eraseBodies(origin, id);
    session()
        .show(erased.json(), json -> List.of(id + ": erasure is " + json.path("erased").asText()));
    return ExitCodes.DONE;
  }
}
