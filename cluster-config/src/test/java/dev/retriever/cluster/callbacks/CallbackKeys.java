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

  private CallbackKeys() {}

  /** Settings of a node whose secrets are these keys, for receivers on the loopback. */
  public static String settings(Path directory) {
    return """
        retriever.executor.transport.secrets {
          cb-1 { file = "%s", hosts = ["127.0.0.1"], plain-http = on }
          cb-2 { file = "%s", hosts = ["127.0.0.1"], plain-http = on }
          cb-3 { file = "%s", hosts = ["127.0.0.1"], plain-http = on }
          elsewhere { file = "%s", hosts = ["hooks.example"] }
        }
        """
        .formatted(
            file(directory, "one", FIRST),
            file(directory, "two", SECOND),
            file(directory, "three", THIRD),
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
