package dev.retriever.cluster.callbacks;

import static dev.retriever.cluster.callbacks.CallbackKeys.FIRST;
import static dev.retriever.cluster.callbacks.CallbackKeys.SECOND;
import static dev.retriever.cluster.callbacks.CallbackKeys.THIRD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.Webhook;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of docs/callbacks.md, as they stand there, in the languages that are installed. */
class VerificationExamplesTest {
  private static final String BODY = "{\"type\":\"fetch.settled\",\"ü\":\"ö\"}";
  private static final String ID = "msg_abc";

  /** Headings of the document. */
  private static final String SHARED = "## Verify it";

  private static final String ASYMMETRIC = "## Asymmetric keys";

  @TempDir private Path directory;

  private record Case(String key, Map<String, String> headers, String body, boolean genuine) {}

  private static List<Case> cases() throws Exception {
    var now = Instant.now().getEpochSecond();
    var both = signed(now, SECOND, FIRST);
    var all = new ArrayList<Case>();
    all.add(new Case(FIRST, both, BODY, true));
    all.add(new Case(SECOND, both, BODY, true));
    all.add(new Case(THIRD, both, BODY, false));
    all.add(new Case(FIRST, both, BODY.replace("settled", "settlef"), false));
    all.add(new Case(FIRST, signed(now - 301, FIRST), BODY, false));
    all.add(new Case(FIRST, signed(now + 400, FIRST), BODY, false));
    all.add(
        new Case(
            FIRST, Map.of("webhook-id", ID, "webhook-timestamp", Long.toString(now)), BODY, false));
    return all;
  }

  private static Map<String, String> signed(long second, String... keys) throws Exception {
    var signatures = new ArrayList<String>();
    for (var key : keys) {
      signatures.add(new Webhook(key).sign(ID, second, BODY));
    }
    return Map.of(
        "webhook-id", ID,
        "webhook-timestamp", Long.toString(second),
        "webhook-signature", String.join(" ", signatures));
  }

  /** The first example in that language below that heading. */
  private static String example(String language, String heading) throws Exception {
    var text = Files.readString(Path.of("../docs/callbacks.md"));
    var fence = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(text);
    assertThat(text).contains(heading);
    assertThat(fence.find(text.indexOf(heading))).as("an example in %s", language).isTrue();
    return fence.group(1);
  }

  /** The same with key pairs: keys are those that receivers have. */
  private static List<Case> publicCases() throws Exception {
    var now = Instant.now().getEpochSecond();
    var first = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    var second = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    var third = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    var both = signed(now, second, first);
    var all = new ArrayList<Case>();
    all.add(new Case(publicKey(first), both, BODY, true));
    all.add(new Case(publicKey(second), both, BODY, true));
    all.add(new Case(publicKey(third), both, BODY, false));
    all.add(new Case(publicKey(first), both, BODY.replace("settled", "settlef"), false));
    all.add(new Case(publicKey(first), signed(now - 301, first), BODY, false));
    all.add(new Case(publicKey(first), signed(now + 400, first), BODY, false));
    all.add(new Case(publicKey(first), signed(now, FIRST), BODY, false));
    all.add(
        new Case(
            publicKey(first),
            Map.of("webhook-id", ID, "webhook-timestamp", Long.toString(now)),
            BODY,
            false));
    return all;
  }

  private static Map<String, String> signed(long second, KeyPair... pairs) throws Exception {
    var signatures = new ArrayList<String>();
    for (var pair : pairs) {
      var signing = Signature.getInstance("Ed25519");
      signing.initSign(pair.getPrivate());
      signing.update((ID + "." + second + "." + BODY).getBytes(StandardCharsets.UTF_8));
      signatures.add("v1a," + Base64.getEncoder().encodeToString(signing.sign()));
    }
    return Map.of(
        "webhook-id", ID,
        "webhook-timestamp", Long.toString(second),
        "webhook-signature", String.join(" ", signatures));
  }

  private static String publicKey(KeyPair pair) {
    var encoded = pair.getPublic().getEncoded();
    var raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    return "whpk_" + Base64.getEncoder().encodeToString(raw);
  }

  @Test
  void those_in_java_tell_genuine_callbacks_from_others() throws Exception {
    assertVerdicts("Verify", example("java", SHARED), cases());
    assertVerdicts("VerifyPublic", example("java", ASYMMETRIC), publicCases());
  }

  private void assertVerdicts(String name, String text, List<Case> cases) throws Exception {
    var source = Files.writeString(directory.resolve(name + ".java"), text);
    var compiler = ToolProvider.getSystemJavaCompiler();
    var status =
        compiler.run(null, null, null, "-cp", System.getProperty("java.class.path"), "" + source);
    assertThat(status).isZero();
    try (var loader =
        new URLClassLoader(
            new URL[] {directory.toUri().toURL()},
            VerificationExamplesTest.class.getClassLoader())) {
      var method =
          loader.loadClass(name).getMethod("isGenuine", String.class, Map.class, String.class);
      for (var it : cases) {
        var headers = new java.util.HashMap<String, List<String>>();
        it.headers().forEach((header, value) -> headers.put(header, List.of(value)));
        assertThat(method.invoke(null, it.key(), headers, it.body()))
            .as("%s", it)
            .isEqualTo(it.genuine());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SHARED, ASYMMETRIC})
  void those_in_javascript_tell_genuine_callbacks_from_others(String heading) throws Exception {
    var run =
        example("javascript", heading)
            + """
            const cases = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
            console.log(JSON.stringify(cases.map((it) => isGenuine(it.key, it.headers, it.body))));
            """;
    assertVerdicts(run, "verify.cjs", casesOf(heading), "node");
  }

  @ParameterizedTest
  @ValueSource(strings = {SHARED, ASYMMETRIC})
  void those_in_python_tell_genuine_callbacks_from_others(String heading) throws Exception {
    if (heading.equals(ASYMMETRIC)) {
      assumeTrue(
          isThere("python3", "-c", "import cryptography"),
          "python3 with its package cryptography is not installed");
    }
    var run =
        example("python", heading)
            + """

            import json, sys
            cases = json.load(sys.stdin)
            print(json.dumps([is_genuine(it["key"], it["headers"], it["body"].encode()) for it in cases]))
            """;
    assertVerdicts(run, "verify.py", casesOf(heading), "python3");
  }

  private static List<Case> casesOf(String heading) throws Exception {
    return heading.equals(SHARED) ? cases() : publicCases();
  }

  private void assertVerdicts(String program, String name, List<Case> cases, String command)
      throws Exception {
    assumeTrue(isThere(command, "--version"), command + " is not installed");
    var file = Files.writeString(directory.resolve(name), program);
    var json = new ObjectMapper();
    var process = new ProcessBuilder(command, file.toString()).redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(json.writeValueAsBytes(cases));
    }
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(said.strip().replace(" ", ""))
        .isEqualTo(json.writeValueAsString(cases.stream().map(Case::genuine).toList()));
  }

  private static boolean isThere(String... command) {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (java.io.IOException | InterruptedException e) {
      return false;
    }
  }
}
