package dev.retriever.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cli.text.Table;
import java.io.IOException;
import java.util.ArrayList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands about the nodes that are known by names. */
@Command(
    name = "context",
    description = "Names of nodes, with their keys, in a file that you alone may read.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class ContextCli extends GroupCli {
  @ParentCommand private Cli cli;

  @Override
  Session session() {
    return cli.session();
  }

  private Contexts contexts() throws IOException {
    return Contexts.read(session().around().contextsFile());
  }

  private static void mustBeThere(Contexts contexts, String name) {
    if (contexts.get(name).isEmpty()) {
      throw new Refused("there is no context " + name, "List them with: retriever context list");
    }
  }

  @Command(
      description = {
        "Adds or replaces a context, by --url, --management, --key-file and --ca.",
        "A key file is read at each command; --key-file - keeps what standard input has."
      })
  int add(
      @Parameters(paramLabel = "NAME") String name,
      @Option(names = "--use", description = "make it the current one") boolean use)
      throws IOException {
    var given = session().connection().given(session().around());
    var contexts = contexts();
    contexts.add(name, given);
    if (use) {
      contexts.use(name);
    }
    session()
        .say(
            name + " is " + given.url() + (contexts.current().equals(name) ? ", and current" : ""));
    return ExitCodes.DONE;
  }

  @Command(description = "Makes a context the current one.")
  int use(@Parameters(paramLabel = "NAME") String name) throws IOException {
    var contexts = contexts();
    mustBeThere(contexts, name);
    contexts.use(name);
    session().say(name + " is current");
    return ExitCodes.DONE;
  }

  @Command(description = "Lists contexts, without their keys.")
  int list() throws IOException {
    var contexts = contexts();
    var table = new Table("", "name", "url", "management", "key");
    var items = new ArrayList<JsonNode>();
    contexts
        .all()
        .forEach(
            (name, it) -> {
              var isCurrent = contexts.current().equals(name);
              var key = it.keyFile().or(() -> it.key().map(kept -> "kept here")).orElse("none");
              table.row(isCurrent ? "*" : "", name, it.url(), it.management().orElse("-"), key);
              items.add(
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("name", name)
                      .put("current", isCurrent)
                      .put("url", it.url())
                      .put("management", it.management().orElse(null)));
            });
    session().show(items, table, "no contexts; commands speak to http://127.0.0.1:8080");
    return ExitCodes.DONE;
  }

  @Command(description = "Forgets a context, and its key.")
  int remove(@Parameters(paramLabel = "NAME") String name) throws IOException {
    var contexts = contexts();
    mustBeThere(contexts, name);
    contexts.remove(name);
    session().say(name + " is removed");
    return ExitCodes.DONE;
  }
}
