package dev.retriever.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.models.V1ClusterRoleBinding;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.util.Map;

/**
 * Holds a manifest to the types of the Kubernetes API, as an API server with strict validation
 * does: no unknown key, every required one, and each value of its type.
 */
final class ManifestSchema {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, Type> TYPES =
      Map.<String, Type>ofEntries(
          Map.entry("v1 ConfigMap", json -> V1ConfigMap.fromJson(json).toJson()),
          Map.entry("v1 Namespace", json -> V1Namespace.fromJson(json).toJson()),
          Map.entry("v1 Secret", json -> V1Secret.fromJson(json).toJson()),
          Map.entry("v1 Service", json -> V1Service.fromJson(json).toJson()),
          Map.entry("v1 ServiceAccount", json -> V1ServiceAccount.fromJson(json).toJson()),
          Map.entry("apps/v1 Deployment", json -> V1Deployment.fromJson(json).toJson()),
          Map.entry(
              "networking.k8s.io/v1 NetworkPolicy",
              json -> V1NetworkPolicy.fromJson(json).toJson()),
          Map.entry(
              "policy/v1 PodDisruptionBudget",
              json -> V1PodDisruptionBudget.fromJson(json).toJson()),
          Map.entry("rbac.authorization.k8s.io/v1 Role", json -> V1Role.fromJson(json).toJson()),
          Map.entry(
              "rbac.authorization.k8s.io/v1 RoleBinding",
              json -> V1RoleBinding.fromJson(json).toJson()),
          Map.entry(
              "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
              json -> V1ClusterRoleBinding.fromJson(json).toJson()));

  private interface Type {
    /** The same again, as far as the type understands it. */
    String readAndWrite(String json) throws IOException;
  }

  private ManifestSchema() {}

  /**
   * @throws IllegalArgumentException naming the key that is wrong
   */
  static void check(JsonNode manifest) {
    var name = manifest.path("apiVersion").asText() + " " + manifest.path("kind").asText();
    var type = TYPES.get(name);
    if (type == null) {
      throw new IllegalArgumentException("no manifest is expected to be a " + name);
    }
    try {
      sameOrMore("", manifest, JSON.readTree(type.readAndWrite(manifest.toString())));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  /** A number in quotes is read as a number, but is none: it shows when it is written again. */
  private static void sameOrMore(String at, JsonNode given, JsonNode understood) {
    if (given.isObject()) {
      given
          .properties()
          .forEach(
              entry ->
                  sameOrMore(
                      at + "/" + entry.getKey(),
                      entry.getValue(),
                      understood.path(entry.getKey())));
    } else if (given.isArray() && given.size() == understood.size()) {
      for (var i = 0; i < given.size(); i++) {
        sameOrMore(at + "/" + i, given.get(i), understood.get(i));
      }
    } else if (!given.equals(understood)) {
      throw new IllegalArgumentException(at + " is " + given + ", understood as " + understood);
    }
  }
}
