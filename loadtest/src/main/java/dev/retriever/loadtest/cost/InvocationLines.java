package dev.retriever.loadtest.cost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The lines of a node's invocation log.
 *
 * @param unreadable the number of malformed lines
 */
public record InvocationLines(List<InvocationLine> lines, long unreadable) {
  public static InvocationLines read(Path file) throws IOException {
    var node = file.getFileName().toString();
    try (var text = Files.lines(file)) {
      var parsed = text.map(line -> InvocationLine.parse(node, line)).toList();
      var lines = parsed.stream().flatMap(Optional::stream).toList();
      return new InvocationLines(lines, parsed.size() - lines.size());
    }
  }
}
