package dev.retriever.cli;

import dev.retriever.cli.text.ObjectText;
import dev.retriever.cli.text.Table;
import dev.retriever.client.ApiObject;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands about API keys in the database of a node. */
@Command(
    name = "key",
    description = {
      "Makes, lists and revokes API keys in the database of a node.",
      "For keys of files: retriever key new --help"
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class KeyCli extends GroupCli {
  @ParentCommand private Cli cli;

  @Override
  Session session() {
    return cli.session();
  }

  @Command(description = "Makes a key in the database, and prints it alone, once.")
  int make(
      @Option(
              names = "--roles",
              split = ",",
              defaultValue = "submit,read,cancel",
              description = "of submit, read, cancel, operate, admin, metrics")
          List<String> roles,
      @Option(names = "--tenant", description = "whose key it is; your own by default")
          String tenant,
      @Option(
              names = "--origins",
              paramLabel = "PATTERN",
              description = "an origin, or a beginning and *")
          String origins,
      @Option(names = "--expires", paramLabel = "DATE", description = "never by default")
          String expires) {
    var made =
        client()
            .keys()
            .make(
                Optional.ofNullable(tenant),
                roles,
                Optional.ofNullable(origins),
                Optional.ofNullable(expires));
    session().note("The key " + made.text("/id").orElseThrow() + " is not shown again:");
    session().say(made.text("/key").orElseThrow());
    return ExitCodes.DONE;
  }

  @Command(description = "Lists keys: who made each, and when it was used last.")
  int list(@Mixin ListOptions pages) {
    var page = client().keys().list(pages.limit(), pages.cursor());
    var table = new Table("id", "tenant", "roles", "origins", "expires", "last used", "revoked");
    page.items().forEach(it -> row(table, it));
    session()
        .show(
            page.items().stream().map(ApiObject::json).toList(), table, "no keys in the database");
    pages.more(session(), page.next());
    return ExitCodes.DONE;
  }

  private static void row(Table table, ApiObject key) {
    var roles = key.json().path("roles");
    var all = new StringBuilder();
    roles.forEach(it -> all.append(all.isEmpty() ? "" : ",").append(it.asText()));
    table.row(
        key.text("/id").orElse("-"),
        key.text("/tenant").orElse("-"),
        all,
        key.text("/origins").orElse("-"),
        key.text("/expires").orElse("never"),
        key.text("/lastUsedHour").orElse("never"),
        key.text("/revokedAt").orElse("-"));
  }

  @Command(description = "Shows a key by its id.")
  int get(@Parameters(paramLabel = "ID") String id) {
    session().show(client().keys().get(id).json(), ObjectText::lines);
    return ExitCodes.DONE;
  }

  @Command(description = "Revokes a key for good.")
  int revoke(@Parameters(paramLabel = "ID") String id, @Mixin Consent consent) {
    consent.ask(session(), "Revoke the key " + id + " for good?");
    var revoked = client().keys().revoke(id);
    session().show(revoked.json(), json -> List.of(id + " is revoked"));
    return ExitCodes.DONE;
  }
}
