package dev.retriever.cluster.callbacks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Three keys, of which receivers know two. */
public final class CallbackKeys {
  public static final String FIRST = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  public static final String SECOND = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  public static final String THIRD = "whsec_dGhpcyBpcyBhIHRoaXJkIGtleSBvZiAzMiBieXRlcyE=";

  /** A pair of Ed25519, of the example in the specification. */
  public static final String PRIVATE =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";

  public static final String PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";

  /** Another pair. */
  public static final String OTHER_PRIVATE = "whsk_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

  public static final String OTHER_PUBLIC = "whpk_ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=";

  private CallbackKeys() {}

  /** Settings of a node whose secrets are these keys, for receivers on the loopback. */
  public static String settings(Path directory) {
    return """
    retriever.executor.transport.secrets {
      cb-1 { file = "%s", hosts = ["127.0.0.1"], plain-http = on }
      cb-2 { file = "%s", hosts = ["127.0.0.1"], plain-http = on }
      cb-3 { file = "%s", hosts = ["127.0.0.1"], plain-http = on }
      pair-1 { file = "%s", hosts = ["127.0.0.1"], plain-http = on }
      pair-2 { file = "%s", hosts = ["127.0.0.1"], plain-http = on }
      elsewhere { file = "%s", hosts = ["hooks.example"] }
    }
    """
        .formatted(
            file(directory, "one", FIRST),
            file(directory, "two", SECOND),
            file(directory, "three", THIRD),
            file(directory, "pair-one", PRIVATE),
            file(directory, "pair-two", OTHER_PRIVATE),
            file(directory, "four", THIRD));
  }

  private static Path file(Path directory, String name, String value) {
    try {
      return Files.writeString(directory.resolve("key-" + name), value + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
