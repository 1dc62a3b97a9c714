package dev.retriever.cluster.contract;

import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;

/** Serves the contract of a port on that port. */
public final class ContractRoutes {
  /** RFC 9512. */
  private static final ContentType YAML =
      ContentTypes.create(
          MediaTypes.applicationWithFixedCharset("yaml", HttpCharsets.UTF_8, "yaml"));

  private ContractRoutes() {}

  /** The caller seals this route. JSON is made when it is first asked for. */
  public static Route of(Contract contract) {
    var yaml = contract.yamlBytes();
    return Directives.concat(
        served("openapi.yaml", YAML, () -> yaml),
        served("openapi.json", ContentTypes.APPLICATION_JSON, contract::jsonBytes));
  }

  private static Route served(String path, ContentType type, Supplier<byte[]> bytes) {
    return Directives.path(
        path,
        () ->
            Directives.get(
                () ->
                    Directives.complete(
                        HttpResponse.create().withEntity(HttpEntities.create(type, bytes.get())))));
  }
}
