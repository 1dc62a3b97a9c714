package dev.retriever.loadtest.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceSheetTest {
  private static final PriceSheet PLAN = PriceSheet.shipped().get(0);
  private static final PriceSheet METERED = PriceSheet.shipped().get(1);

  @TempDir private Path directory;

  @Test
  void two_ship_with_these_prices() {
    assertThat(PLAN).isEqualTo(new PriceSheet("plan", 0, 12.5, 0, 0.02, 0, 0, 0, 0));
    assertThat(METERED)
        .isEqualTo(new PriceSheet("metered", 128, 0, 12.5, 0.02, 0.15, 0.3, 1, 0.001));
  }

  @Test
  void the_plan_charges_a_million_milliseconds_in_memory_and_of_processors() {
    assertThat(PLAN.cost(new Usage(1e6, 0, 0, 0, 0, 0))).isEqualTo(12.5, within(1e-9));
    assertThat(PLAN.cost(new Usage(0, 1e6, 9, 9, 9, 9))).isEqualTo(0.02, within(1e-9));
    assertThat(PLAN.perMillion(new Usage(100, 2, 0, 0, 0, 0)))
        .isEqualTo(100 * 12.5 + 2 * 0.02, within(1e-9));
  }

  @Test
  void metered_are_gigabyte_seconds_requests_and_rows() {
    // 1,000 s of 128 MB are 128 GB-s.
    assertThat(METERED.cost(new Usage(1e6, 0, 0, 0, 0, 0)))
        .isEqualTo(128 * 12.5 / 1e6, within(1e-12));
    assertThat(METERED.cost(new Usage(0, 1e6, 0, 0, 0, 0))).isEqualTo(0.02, within(1e-9));
    assertThat(METERED.cost(new Usage(0, 0, 1e6, 0, 0, 0))).isEqualTo(0.15, within(1e-9));
    assertThat(METERED.cost(new Usage(0, 0, 0, 1e6, 0, 0))).isEqualTo(0.3, within(1e-9));
    assertThat(METERED.cost(new Usage(0, 0, 0, 0, 1e6, 0))).isEqualTo(1, within(1e-9));
    assertThat(METERED.cost(new Usage(0, 0, 0, 0, 0, 1e6))).isEqualTo(0.001, within(1e-9));
  }

  @Test
  void others_are_files_of_which_each_may_leave_out_what_costs_nothing() throws IOException {
    var file =
        Files.writeString(
            directory.resolve("own.conf"), "name = own, per-million { rows-written = 3 }");

    assertThat(PriceSheet.read(file)).isEqualTo(new PriceSheet("own", 0, 0, 0, 0, 0, 0, 3, 0));
  }

  @Test
  void a_price_for_what_is_not_known_is_refused() throws IOException {
    var misspelt =
        Files.writeString(
            directory.resolve("own.conf"), "name = own, per-million { row-written = 3 }");

    assertThatThrownBy(() -> PriceSheet.read(misspelt))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no price for per-million.row-written");
    assertThatThrownBy(() -> PriceSheet.read(directory.resolve("none")))
        .isInstanceOf(IOException.class);
  }
}
