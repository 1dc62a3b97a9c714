package dev.retriever.cluster.security.requests;

import com.typesafe.config.Config;
import dev.retriever.cluster.security.ClientAddress;
import dev.retriever.cluster.security.RequestCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** The checks of requests, as the settings of a node have them. Thread-safe. */
public final class RequestChecks {
  private final RequestSettings settings;
  private final ClientAddress addresses;
  private final OwnAddresses ownAddresses;

  private RequestChecks(RequestSettings settings, OwnAddresses ownAddresses) {
    this.settings = settings;
    this.addresses = new ClientAddress(settings.trustedProxies());
    this.ownAddresses = ownAddresses;
  }

  /**
   * @param nanos a clock that never goes back, in nanoseconds
   * @throws IllegalArgumentException if a setting is wrong
   */
  public static RequestChecks from(Config config, LongSupplier nanos) {
    return new RequestChecks(RequestSettings.from(config), new OwnAddresses(nanos));
  }

  /** Where requests come from. */
  public ClientAddress addresses() {
    return addresses;
  }

  /**
   * The checks of one port, in their order.
   *
   * @param authenticated whether requests to that port need a credential
   */
  public List<RequestCheck> of(Listener listener, boolean authenticated) {
    var checks = new ArrayList<RequestCheck>();
    checks.add(new HostCheck(listener, settings, ownAddresses));
    checks.add(new BrowserCheck(listener, settings));
    if (!authenticated) {
      checks.add(new ProxyCheck(addresses));
    }
    return checks;
  }
}
