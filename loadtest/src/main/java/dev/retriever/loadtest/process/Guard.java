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
 */
public record Guard(Path certificate, Path privateKey, Path keysFile) {
  private static final String PASSWORD = "for-load-tests";

  /**
   * Makes a certificate in that directory, with the {@code keytool} of this Java.
   *
   * @param entry the line of the file of API keys
   */
  public static Guard in(Path directory, String entry) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    var store = directory.resolve("node.p12");
    var certificate = directory.resolve("node.crt");
    keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=node", "-ext", "SAN=ip:127.0.0.1", store);
    keytool("-exportcert", "-rfc", "-file", certificate.toString(), store);
    var privateKey = Files.writeString(directory.resolve("node.key"), privateKey(store));
    var keysFile = Files.writeString(directory.resolve("keys.conf"), entry + "\n");
    return new Guard(certificate, privateKey, keysFile);
  }

  /** Settings of the node's environment: TLS at its API, and callers with that key alone. */
  public Map<String, String> settings() {
    var settings = new HashMap<String, String>();
    settings.put("RETRIEVER_HTTP_TLS_CERT", certificate.toString());
    settings.put("RETRIEVER_HTTP_TLS_KEY", privateKey.toString());
    settings.put("RETRIEVER_KEYS_FILE", keysFile.toString());
    return settings;
  }

  private static void keytool(Object... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    for (var argument : List.of(arguments).subList(0, arguments.length - 1)) {
      command.add(argument.toString());
    }
    var store = arguments[arguments.length - 1].toString();
    command.addAll(List.of("-keystore", store, "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", PASSWORD, "-alias", "node"));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("keytool has failed: " + output);
    }
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
