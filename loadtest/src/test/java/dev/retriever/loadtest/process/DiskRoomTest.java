package dev.retriever.loadtest.process;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DiskRoomTest {
  @Test
  void a_full_disk_is_told_before_anything_runs_with_what_to_do() {
    assertThatThrownBy(() -> DiskRoom.check(Path.of("tmp"), 120, 500))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("only 120 MB are free in tmp")
        .hasMessageContaining("RETRIEVER_JAVA_OPTS=-Djava.io.tmpdir=DIRECTORY");
    assertThatCode(() -> DiskRoom.check(Path.of("tmp"), 500, 500)).doesNotThrowAnyException();
  }
}
