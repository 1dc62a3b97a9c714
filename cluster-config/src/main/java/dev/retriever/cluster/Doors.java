package dev.retriever.cluster;

import com.typesafe.config.Config;
import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.AuthSettings;
import dev.retriever.cluster.security.Authentication;
import dev.retriever.cluster.security.Authenticator;
import dev.retriever.cluster.security.Credential;
import dev.retriever.cluster.security.Door;
import dev.retriever.cluster.security.RequestCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/** Builds the doors of both ports from the settings. Each kind of credential is added here. */
final class Doors {
  private final AuthSettings settings;
  private final List<Authenticator> tokens = new ArrayList<>();
  private final List<RequestCheck> checks = new ArrayList<>();
  private final Optional<Function<HttpRequest, Optional<Credential>>> certificates =
      Optional.empty();

  private Doors(AuthSettings settings) {
    this.settings = settings;
  }

  static Doors from(Config config) {
    return new Doors(AuthSettings.from(config));
  }

  Door api() {
    return new Door(AccessTable.API, checks, authentication());
  }

  Door management() {
    return new Door(AccessTable.MANAGEMENT, checks, authentication());
  }

  /** With a source of credentials, loopback needs them too. */
  private Authentication authentication() {
    var sources = !tokens.isEmpty() || certificates.isPresent();
    return settings.isOff() || !sources
        ? Authentication.open()
        : Authentication.required(
            tokens, certificates.orElse(request -> Optional.<Credential>empty()));
  }
}
