package dev.retriever.loadtest.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a guarded node: a certificate for 127.0.0.1 with its key, and a file of API keys.
 *
 * @param apiKey as callers send it
 */
public record Guard(Path certificate, Path privateKey, Path keysFile, String apiKey) {
  private static final String PASSWORD = "for-load-tests";
  private static final String JAVA_HOME = System.getProperty("java.home");

  /**
   * Makes them in that directory, with the {@code keytool} of this Java and {@code retriever key}.
   *
   * @param tenant of the API key, which may submit and read
   */
  public static Guard in(Path directory, String tenant) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    var store = directory.resolve("node.p12");
    var certificate = directory.resolve("node.crt");
    keytool(store, "-genkeypair", "-keyalg", "EC", "-dname", "CN=node", "-ext", "SAN=ip:127.0.0.1");
    keytool(store, "-exportcert", "-rfc", "-file", certificate.toString());
    var privateKey = Files.writeString(directory.resolve("node.key"), privateKey(store));
    var keysFile = directory.resolve("keys.conf");
    return new Guard(certificate, privateKey, keysFile, apiKey(keysFile, tenant));
  }

  private static String apiKey(Path keysFile, String tenant)
      throws IOException, InterruptedException {
    var java = Path.of(JAVA_HOME, "bin", "java").toString();
    var classPath = System.getProperty("java.class.path");
    var command = new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1", "-cp", classPath));
    command.addAll(List.of("dev.retriever.cluster.KeyCommand", "new", "--tenant", tenant));
    command.addAll(List.of("--roles", "submit,read", "--append", keysFile.toString()));
    return output(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD));
  }

  private static void keytool(Path store, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(Path.of(JAVA_HOME, "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", PASSWORD, "-alias", "node"));
    output(new ProcessBuilder(command).redirectErrorStream(true));
  }

  private static String output(ProcessBuilder command) throws IOException, InterruptedException {
    var process = command.start();
    var output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException(command.command().get(0) + " has failed: " + output);
    }
    return output;
  }

  /** Settings of the node's environment: TLS at its API, and callers with that key alone. */
  public Map<String, String> settings() {
    var settings = new HashMap<String, String>();
    settings.put("RETRIEVER_HTTP_TLS_CERT", certificate.toString());
    settings.put("RETRIEVER_HTTP_TLS_KEY", privateKey.toString());
    settings.put("RETRIEVER_KEYS_FILE", keysFile.toString());
    return settings;
  }

  private static String privateKey(Path store) {
    try (var in = Files.newInputStream(store)) {
      var keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      var key = keys.getKey("node", PASSWORD.toCharArray()).getEncoded();
      return "-----BEGIN PRIVATE KEY-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
          + "\n-----END PRIVATE KEY-----\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key that was just made cannot be read", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
