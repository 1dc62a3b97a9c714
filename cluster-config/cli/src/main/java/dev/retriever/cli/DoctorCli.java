package dev.retriever.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cli.diagnosis.Diagnosis;
import dev.retriever.cli.diagnosis.Finding;
import dev.retriever.cli.text.Table;
import dev.retriever.client.NodeCalls;
import dev.retriever.client.problem.ProblemException;
import dev.retriever.client.problem.RetrieverException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Looks at all that commonly is wrong. */
@Command(
    name = "doctor",
    description = {
      "Looks at address, key, clocks, TLS, readiness, members, versions, database and counts.",
      "Ends with 1 if something fails, with 0 if it is only to be looked at."
    },
    mixinStandardHelpOptions = true)
final class DoctorCli implements Callable<Integer> {
  @ParentCommand private Cli cli;

  @Override
  public Integer call() throws IOException {
    var session = cli.session();
    var findings = findings(session);
    if (session.isJson()) {
      var all = JsonNodeFactory.instance.arrayNode();
      findings.forEach(
          it ->
              all.addObject()
                  .put("level", it.level().name())
                  .put("what", it.what())
                  .put("text", it.text())
                  .put("nextStep", it.nextStep()));
      session.json(all);
    } else {
      findings.forEach(it -> line(session, it));
    }
    return findings.stream().anyMatch(it -> it.level() == Finding.Level.fail)
        ? ExitCodes.REFUSED
        : ExitCodes.DONE;
  }

  private static void line(Session session, Finding finding) {
    session.say(
        "%-4s  %-8s  %s".formatted(finding.level(), finding.what(), Table.plain(finding.text())));
    if (!finding.nextStep().isEmpty()) {
      session.say("                next: " + finding.nextStep());
    }
  }

  private List<Finding> findings(Session session) throws IOException {
    var named = session.connection().chosen(session.around());
    var now = session.around().time().now();
    var node = session.client().node();
    var findings = new ArrayList<Finding>();
    look(findings, "address", () -> address(named.url(), node, findings));
    if (findings.get(0).level() == Finding.Level.fail) {
      return findings;
    }
    look(findings, "key", () -> findings.add(Diagnosis.caller(node.me().json())));
    if (named.management().isEmpty()) {
      findings.add(
          Finding.warn("manage", "the management port is not known", "Add --management URL."));
      return findings;
    }
    look(findings, "ready", () -> findings.add(Diagnosis.readiness(node.probeReadiness())));
    look(findings, "members", () -> findings.addAll(Diagnosis.nodes(node.nodes().json(), now)));
    look(findings, "database", () -> findings.addAll(Diagnosis.database(node.database().json())));
    look(findings, "figures", () -> findings.addAll(Diagnosis.stats(node.stats().json())));
    return findings;
  }

  private boolean address(String url, NodeCalls node, List<Finding> findings) {
    var probe = node.probeApi();
    findings.add(Finding.ok("address", url + " answers, in " + probe.took().toMillis() + " ms"));
    findings.add(Diagnosis.clock(probe));
    return findings.add(Diagnosis.tls(URI.create(url), probe, cli.session().around().time().now()));
  }

  private static Finding refusal(String what, ProblemException e) {
    if (e.status() == 404) {
      return Finding.warn(what, "this node does not tell them", "Update the node.");
    }
    return e.status() == 403
        ? Finding.warn(what, "cannot be asked: " + e.getMessage(), e.nextStep())
        : Finding.fail(what, e.getMessage(), e.nextStep());
  }

  /** What cannot be looked at is a finding, too. */
  private static void look(List<Finding> findings, String what, Supplier<Boolean> look) {
    try {
      look.get();
    } catch (ProblemException e) {
      findings.add(refusal(what, e));
    } catch (RetrieverException e) {
      findings.add(Finding.fail(what, e.getMessage(), e.nextStep()));
    }
  }
}
