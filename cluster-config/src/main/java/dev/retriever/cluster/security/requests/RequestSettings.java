package dev.retriever.cluster.security.requests;

import static dev.retriever.executor.settings.SettingRules.must;

import com.typesafe.config.Config;
import dev.retriever.executor.egress.AddressBlocks;
import dev.retriever.executor.settings.SettingsReader;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which hosts and proxies requests may come by, from {@code retriever.node}; {@code
 * application.conf} explains each.
 *
 * @param hosts names, addresses, and {@code *.} before the end of names
 * @param publicUrl the origin that browsers know the node by
 */
public record RequestSettings(
    List<String> hosts, Optional<String> publicUrl, AddressBlocks trustedProxies) {
  private static final Pattern NAME =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?\\.?");

  /**
   * @throws IllegalArgumentException naming the entry that is none
   */
  public RequestSettings {
    for (var host : hosts) {
      must(
          NAME.matcher(host).matches() || HostName.of(host).address().isPresent(),
          "hosts (RETRIEVER_HOSTS)",
          "names such as retriever.example.com or *.example.com, or addresses, without ports",
          host);
    }
    publicUrl.ifPresent(
        url ->
            must(
                WebOrigin.of(url).isPresent(),
                "public-url (RETRIEVER_PUBLIC_URL)",
                "a scheme, a host and perhaps a port, such as https://retriever.example.com",
                url));
  }

  public static RequestSettings from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.node",
        c ->
            new RequestSettings(
                list(c.text("hosts")),
                c.unless("", "public-url", c::text),
                AddressBlocks.of("trusted-proxies", list(c.text("trusted-proxies")))));
  }

  private static List<String> list(String text) {
    return Arrays.stream(text.split(",")).map(String::trim).filter(e -> !e.isEmpty()).toList();
  }

  Optional<WebOrigin> publicOrigin() {
    return publicUrl.flatMap(WebOrigin::of);
  }
}
