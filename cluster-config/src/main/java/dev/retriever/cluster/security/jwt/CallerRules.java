package dev.retriever.cluster.security.jwt;

import dev.retriever.cluster.security.Caller;
import java.util.Map;

/** Says which caller a token stands for. Immutable. */
interface CallerRules {
  /**
   * @param issuer its short name
   * @param subject not empty
   * @param claims all of the token, which is verified
   * @throws dev.retriever.cluster.security.Denied if it stands for none
   */
  Caller caller(String issuer, String subject, Map<String, Object> claims);
}
