package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static dev.retriever.cluster.callbacks.CallbackKeys.FIRST;
import static dev.retriever.cluster.callbacks.CallbackKeys.SECOND;
import static dev.retriever.cluster.callbacks.CallbackKeys.THIRD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.cluster.callbacks.CallbackKeys;
import dev.retriever.cluster.callbacks.CallbackReceiver;
import dev.retriever.cluster.callbacks.CallbackReceiver.Hit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library of Standard Webhooks for JavaScript, as docs/callbacks.md uses it. */
class LibraryOfReceiversTest {
  private static final Path PACKAGES = Path.of("target/npm/node_modules").toAbsolutePath();
  private static final String HEADING = "JavaScript, with `standardwebhooks`";

  @TempDir private Path directory;
  @TempDir private Path keys;

  /**
   * @param later how many seconds after now it is verified
   */
  private record Case(
      String key, Map<String, String> headers, String body, long later, boolean genuine) {}

  private static void addCases(List<Case> all, Hit hit, boolean byFirst, boolean bySecond) {
    var headers = new TreeMap<String, String>();
    hit.headers().forEach((name, values) -> headers.put(name, values.get(0)));
    var known = byFirst ? FIRST : SECOND;
    all.add(new Case(FIRST, headers, hit.body(), 0, byFirst));
    all.add(new Case(SECOND, headers, hit.body(), 0, bySecond));
    all.add(new Case(THIRD, headers, hit.body(), 0, false));
    all.add(new Case(known, headers, hit.body().replace("answered", "answeref"), 0, false));
    all.add(new Case(known, headers, hit.body(), 600, false));
    all.add(new Case(known, headers, hit.body(), -600, false));
  }

  private static Hit told(
      RunningNode node, TestTarget target, CallbackReceiver receiver, String id) {
    var before = receiver.hits.size();
    var fetch = "{'id':'%s','request':{'url':'%s'},'callback':'orders'}";
    node.api().submit("o", json(fetch.formatted(id, target.url("/ok"))));
    Eventually.becomes(before + 1, () -> receiver.hits.size());
    return receiver.hits.get(before);
  }

  @Test
  void verifies_callbacks_through_a_change_of_keys_and_refuses_others() throws Exception {
    assumeTrue(isThere("node"), "node is not installed");
    assumeTrue(
        Files.isDirectory(PACKAGES.resolve("standardwebhooks")),
        "the library is not there: npm install --prefix cluster-config/target/npm"
            + " standardwebhooks@1.1.1");
    var cases = new ArrayList<Case>();
    try (var target = new TestTarget();
        var receiver = new CallbackReceiver();
        var node =
            RunningNode.start(
                directory, RunningNode.MAY_CALL_LOOPBACK, CallbackKeys.settings(keys))) {
      var url = receiver.url("/hook");
      CallbackNodeTest.put(node.api(), "orders", url, "'keys':[{'secret':'cb-1'}]");
      addCases(cases, told(node, target, receiver, "a"), true, false);
      CallbackNodeTest.put(
          node.api(), "orders", url, "'keys':[{'secret':'cb-2'},{'secret':'cb-1'}]");
      addCases(cases, told(node, target, receiver, "b"), true, true);
      CallbackNodeTest.put(node.api(), "orders", url, "'keys':[{'secret':'cb-2'}]");
      addCases(cases, told(node, target, receiver, "c"), false, true);
    }

    assertThat(verdicts(cases)).isEqualTo(cases.stream().map(Case::genuine).toList().toString());
  }

  private static String example() throws IOException {
    var text = Files.readString(Path.of("../docs/callbacks.md"));
    var from = text.indexOf("```javascript\n", text.indexOf(HEADING));
    assertThat(text).contains(HEADING);
    return text.substring(text.indexOf('\n', from), text.indexOf("```\n", from + 3));
  }

  private String verdicts(List<Case> cases) throws Exception {
    var run =
        example()
            + """
            const cases = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
            const now = Date.now();
            const verdict = (it) => {
              Date.now = () => now + it.later * 1000;
              return isGenuine(it.key, it.headers, it.body);
            };
            console.log(`[${cases.map(verdict).join(', ')}]`);
            """;
    var file = Files.writeString(directory.resolve("verify.cjs"), run);
    var builder = new ProcessBuilder("node", file.toString()).redirectErrorStream(true);
    builder.environment().put("NODE_PATH", PACKAGES.toString());
    var process = builder.start();
    try (var in = process.getOutputStream()) {
      in.write(new ObjectMapper().writeValueAsBytes(cases));
    }
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said.strip();
  }

  private static boolean isThere(String command) throws InterruptedException {
    try {
      var process =
          new ProcessBuilder(command, "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
