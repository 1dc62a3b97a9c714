package dev.retriever.cluster;

import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.security.keys.ApiKey;
import dev.retriever.cluster.security.keys.Expiry;
import dev.retriever.cluster.security.keys.Key;
import dev.retriever.cluster.security.keys.KeyEntries;
import dev.retriever.cluster.security.keys.NewEntry;
import dev.retriever.executor.Tenant;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes an API key without any node or database. Prints the key alone to standard output, so that
 * it can be piped, and its entry for a file of keys to standard error. Exits with 2 when an option
 * is wrong, and with 1 when the file cannot be written.
 */
public final class KeyCommand {
  private static final String USAGE =
      """
      usage: retriever key new [OPTION VALUE]...

      Makes an API key. It is printed once; the entry for a file of keys has only its hash.
        --tenant TENANT      whose key it is; default by default, whose admins see all tenants
        --roles ROLE,ROLE    of submit, read, cancel, operate, admin, metrics; submit,read,cancel by
                             default
        --origins PATTERN    an origin, or the beginning of its id and *, such as order-*; all by default
        --expires DATE       such as 2027-01-31, which means its beginning in UTC, or a time such as
                             2027-01-31T12:00:00Z; never by default
        --id ID              12 of a-z 2-7; made by default
        --append FILE        add the entry to that file, which is made for its owner alone
      """;

  private static final Set<String> OPTIONS =
      Set.of("--tenant", "--roles", "--origins", "--expires", "--id", "--append");

  private KeyCommand() {}

  /** Takes {@code new} and options. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(USAGE);
      return 0;
    }
    try {
      if (args.isEmpty() || !args.get(0).equals("new")) {
        throw new IllegalArgumentException("the command is: retriever key new");
      }
      make(options(args.subList(1, args.size())), out, err);
      return 0;
    } catch (IllegalArgumentException e) {
      err.println("retriever: wrong option: " + e.getMessage());
      return 2;
    } catch (IOException e) {
      err.println("retriever: no key was made: the file cannot be written: " + e);
      return 1;
    }
  }

  private static void make(Map<String, String> options, PrintStream out, PrintStream err)
      throws IOException {
    var random = new SecureRandom();
    var id = Optional.ofNullable(options.get("--id"));
    var secret = id.map(it -> ApiKey.generate(it, random)).orElseGet(() -> ApiKey.generate(random));
    var key =
        new Key(
            secret.id(),
            secret.hash(),
            new Tenant(options.getOrDefault("--tenant", Tenant.DEFAULT.name())),
            Role.of(
                Arrays.asList(options.getOrDefault("--roles", "submit,read,cancel").split(","))),
            new OriginPattern(options.getOrDefault("--origins", OriginPattern.ANY.text())),
            Optional.ofNullable(options.get("--expires")).map(Expiry::parse));
    var file = Optional.ofNullable(options.get("--append"));
    if (file.isPresent()) {
      NewEntry.append(Path.of(file.get()), key);
      err.println("The entry of the key was added to " + file.get() + ":");
    } else {
      err.println("Add this entry to the list keys = [...] of a file (RETRIEVER_KEYS_FILE):");
    }
    err.println(KeyEntries.entry(key));
    err.println(
        "A node that asks for keys reads it within 10 s; others have to be started again. This is"
            + " the key. It is not shown again:");
    out.println(secret.secretText());
  }

  private static Map<String, String> options(List<String> args) {
    var options = new HashMap<String, String>();
    var rest = args.iterator();
    while (rest.hasNext()) {
      var parts = rest.next().split("=", 2);
      if (!OPTIONS.contains(parts[0])) {
        throw new IllegalArgumentException("unknown argument " + parts[0]);
      }
      if (parts.length == 1 && !rest.hasNext()) {
        throw new IllegalArgumentException(parts[0] + " needs a value");
      }
      options.put(parts[0], parts.length == 2 ? parts[1] : rest.next());
    }
    return options;
  }
}
