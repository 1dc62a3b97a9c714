package dev.retriever.cluster.tenants;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** How nodes are named: by their addresses for operators, and by a number for others. */
public final class NodeNames {
  /** The node in the id of a pool; what follows is the name of the pool. */
  private static final Pattern NODE = Pattern.compile("^[^/]*");

  /** The name of the actor system, and the incarnation. */
  private static final Pattern AROUND_ADDRESS = Pattern.compile("^[^@]*@|#[^#]*$");

  private static final int DIGEST_BYTES = 6;

  private NodeNames() {}

  /**
   * The id of a node, or of one of its pools, without the address. An incarnation has a random
   * number of 64 bits, so the address cannot be found by trying.
   */
  public static String withoutAddress(String id) {
    return NODE.matcher(id).replaceFirst(node -> "node-" + digest(node.group()));
  }

  /** The host and port of a node with that id. */
  public static String address(String id) {
    return AROUND_ADDRESS.matcher(id).replaceAll("");
  }

  private static String digest(String node) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      var digest = sha.digest(node.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
