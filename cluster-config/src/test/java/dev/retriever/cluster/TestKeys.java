package dev.retriever.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Keys with certificates for 127.0.0.1, made in a directory when a test asks for them. */
record TestKeys(Path directory) {
  static final String PASSWORD = "for-tests";

  /** A store of one key, under that name. */
  Path certificate(String name) throws Exception {
    var store = directory.resolve(name + ".p12");
    keytool(
        "-genkeypair",
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-ext",
        "SAN=ip:127.0.0.1",
        "-keystore",
        store.toString());
    return store;
  }

  /** The certificate of that store alone, as PEM. */
  Path exported(Path keystore) throws Exception {
    var exported = directory.resolve("node.crt");
    keytool("-exportcert", "-rfc", "-keystore", "" + keystore, "-file", exported.toString());
    return exported;
  }

  /** A store that trusts that certificate. */
  Path trusting(Path keystore) throws Exception {
    var store = directory.resolve("trust.p12");
    var exported = exported(keystore).toString();
    keytool("-importcert", "-noprompt", "-keystore", store.toString(), "-file", exported);
    return store;
  }

  /** To speak TLS as whoever has those keys, and trusts that. */
  static SSLContext context(Path keys, Path trust) throws Exception {
    var context = SSLContext.getInstance("TLSv1.3");
    var keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(store(keys), PASSWORD.toCharArray());
    var trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trustManagers.init(store(trust));
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    return context;
  }

  private static KeyStore store(Path file) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static void keytool(String... arguments) {
    var command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD, "-alias", "node"));
    Keytool.run(command);
  }
}
