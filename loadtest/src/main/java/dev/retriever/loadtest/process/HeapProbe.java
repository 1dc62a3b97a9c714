package dev.retriever.loadtest.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads the heap of another Java process on this machine often, without starting a process each
 * time: it asks the socket that the process has opened for {@code jcmd}. Linux only.
 */
public final class HeapProbe {
  private static final int PIECE = 8 << 10;
  private static final int ANSWER_MAX = 1 << 20;

  private HeapProbe() {}

  /** The used heap now, garbage included; empty when it cannot be read. */
  public static OptionalLong usedBytes(long pid) {
    return ask(pid, "GC.heap_info").map(Resources::used).orElse(OptionalLong.empty());
  }

  /** Makes the process open its socket, if it has none yet. */
  public static void prepare(long pid) {
    if (!Files.exists(socket(pid))) {
      Resources.jcmd(pid, "GC.heap_info");
    }
  }

  private static Path socket(long pid) {
    return Path.of("/tmp/.java_pid" + pid);
  }

  private static Optional<String> ask(long pid, String what) {
    var socket = socket(pid);
    if (!Files.exists(socket)) {
      return Optional.empty();
    }
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      var request = "1\0jcmd\0" + what + "\0\0\0";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      var said = new ByteArrayOutputStream();
      var piece = ByteBuffer.allocate(PIECE);
      while (said.size() < ANSWER_MAX && channel.read(piece) >= 0) {
        said.write(piece.array(), 0, piece.position());
        piece.clear();
      }
      return Optional.of(said.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
