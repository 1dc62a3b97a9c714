package dev.retriever.loadtest.cost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A node's invocation log, as it was read.
 *
 * @param unreadable how many lines were none
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
