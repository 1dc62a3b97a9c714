package dev.retriever.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cli.text.ObjectText;
import dev.retriever.cli.text.Table;
import dev.retriever.client.ApiObject;
import dev.retriever.client.BulkCalls;
import dev.retriever.client.FetchQuery;
import dev.retriever.client.webhook.Webhooks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands about callback endpoints. */
@Command(
    name = "callback",
    description = "Sets and shows callback endpoints, and receives callbacks.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class CallbackCli extends GroupCli {
  @ParentCommand private Cli cli;

  @Override
  Session session() {
    return cli.session();
  }

  private int shown(ApiObject endpoint) {
    session().show(endpoint.json(), ObjectText::lines);
    return ExitCodes.DONE;
  }

  @Command(description = "Lists endpoints.")
  int list() {
    var page = client().callbacks().list();
    var table = new Table("name", "state", "url", "events");
    page.items()
        .forEach(
            it ->
                table.row(
                    it.text("/name").orElse("-"),
                    it.text("/state").orElse("-"),
                    it.text("/url").orElse("-"),
                    it.json().path("events").size()));
    session().show(page.items().stream().map(ApiObject::json).toList(), table, "no endpoints");
    return ExitCodes.DONE;
  }

  @Command(description = "Shows an endpoint, with how many callbacks are pending and dead.")
  int get(@Parameters(paramLabel = "ENDPOINT") String name) {
    return shown(client().callbacks().get(name));
  }

  @Command(description = "Makes or replaces an endpoint.")
  int put(
      @Parameters(paramLabel = "ENDPOINT") String name,
      @Parameters(paramLabel = "URL", arity = "0..1") String url,
      @Option(
              names = "--secret",
              paramLabel = "NAME",
              description = "of its key, on the node; once or twice")
          List<String> secrets,
      @Option(names = "--algorithm", description = "of its keys: v1 or v1a; v1 by default")
          String algorithm,
      @Option(names = "--payload", description = "thin or full; thin by default") String payload,
      @Option(
              names = "--ordered",
              description = "each callback of an origin when the one before has settled")
          boolean ordered,
      @Option(names = "--file", paramLabel = "FILE", description = "all settings, in JSON")
          String file) {
    var settings =
        file != null
            ? session().document(file)
            : settings(url, secrets, algorithm, payload, ordered);
    return shown(client().callbacks().put(name, settings));
  }

  private static JsonNode settings(
      String url, List<String> secrets, String algorithm, String payload, boolean ordered) {
    if (url == null || secrets == null) {
      throw new Refused(
          "an endpoint has a URL and a key", "Give URL and --secret, or --file FILE.");
    }
    var settings = JsonNodeFactory.instance.objectNode().put("url", url);
    var keys = settings.putArray("keys");
    secrets.forEach(it -> keys.addObject().put("secret", it));
    if (algorithm != null) {
      settings.put("algorithm", algorithm);
    }
    if (payload != null) {
      settings.put("payload", payload);
    }
    if (ordered) {
      settings.put("ordered", true);
    }
    return settings;
  }

  @Command(description = "Removes an endpoint to which nothing is pending.")
  int remove(@Parameters(paramLabel = "ENDPOINT") String name) {
    client().callbacks().remove(name);
    session().say(name + " is removed");
    return ExitCodes.DONE;
  }

  @Command(
      description = "Sends one signed test event to an endpoint; ends with 1 if it is not taken.")
  int test(@Parameters(paramLabel = "ENDPOINT") String name) {
    var came = client().callbacks().test(name);
    session().show(came.json(), ObjectText::lines);
    return came.json().path("taken").asBoolean() ? ExitCodes.DONE : ExitCodes.REFUSED;
  }

  @Command(description = "Counts the dead callbacks of an endpoint, asks, and makes them again.")
  int redrive(
      @Parameters(paramLabel = "ENDPOINT") String name,
      @Option(names = "--id", description = "the name of the job; made by default") String id,
      @Option(
              names = "--rate",
              paramLabel = "N",
              defaultValue = "100",
              description = "callbacks in a second; 100")
          int rate,
      @Option(
              names = "--max",
              paramLabel = "N",
              defaultValue = "10000",
              description = "callbacks in all; 10000")
          long max,
      @Option(names = "--dry-run", description = "count, and begin nothing") boolean dryRun,
      @Mixin Consent consent) {
    var where = FetchQuery.any().where("callback", name).where("state", "dead");
    var job = new BulkCalls.Job(Optional.ofNullable(id), "redrive", where, rate, max);
    return BulkCli.begin(session(), client().bulk(), job, dryRun, consent);
  }

  @Command(description = "Lists callbacks that were given up; make them again with redrive.")
  int dead(@Parameters(paramLabel = "ENDPOINT") String name, @Mixin ListOptions pages) {
    var page = client().callbacks().dead(name, pages.limit(), pages.cursor());
    var table = new Table("origin", "callback", "fetch", "at", "why");
    page.items()
        .forEach(
            it ->
                table.row(
                    it.text("/originId").orElse("-"),
                    it.text("/id").orElse("-"),
                    it.text("/fetchId").orElse("-"),
                    it.text("/at").orElse("-"),
                    it.text("/reason").or(() -> it.text("/status")).orElse("-")));
    session().show(page.items().stream().map(ApiObject::json).toList(), table, "none are dead");
    pages.more(session(), page.next());
    return ExitCodes.DONE;
  }

  @Command(
      description = "Receives callbacks on 127.0.0.1, says whether each is genuine, and prints it.")
  int listen(
      @Option(names = "--port", defaultValue = "0", description = "a free one by default") int port,
      @Option(
              names = "--signing-key-file",
              paramLabel = "FILE",
              required = true,
              description =
                  "the whsec_ key, or the public whpk_ one; once or twice, - for standard input")
          List<String> files,
      @Option(names = "--count", paramLabel = "N", description = "end after so many genuine ones")
          Integer count,
      @Option(names = "--wait", paramLabel = "TIME", description = "end after that time")
          Duration wait) {
    var keys = files.stream().map(it -> Connection.read(it, session().around()));
    var webhooks =
        Webhooks.of(keys.toArray(String[]::new)).clock(new ClockOf(session().around().time()));
    try (var listener = new CallbackListener(port, webhooks, session())) {
      session().note("listening at " + listener.url() + "; the node must be allowed to call it");
      return listener.awaited(count == null ? Integer.MAX_VALUE : count, wait)
          ? ExitCodes.DONE
          : ExitCodes.NOT_SETTLED;
    } catch (IOException e) {
      throw new UncheckedIOException(new IOException("port " + port + " cannot be used", e));
    }
  }
}
