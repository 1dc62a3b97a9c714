package dev.retriever.origin.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.InvalidSpec;
import dev.retriever.origin.Samples;
import dev.retriever.origin.core.specs.Fingerprint;
import dev.retriever.origin.core.specs.HeldBytes;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which labels a fetch may have, and what they change of it. */
class LabelsTest {
  @Test
  void a_fetch_has_eight_labels_and_not_nine() {
    var spec = Samples.get();
    for (var n = 1; n <= Labels.MOST; n++) {
      spec = spec.label("key" + n, "value");
    }
    var full = spec;

    assertThat(full.labels()).hasSize(8);
    assertThat(full.label("key1", "other").labels()).containsEntry("key1", "other").hasSize(8);
    assertThatThrownBy(() -> full.label("key9", "value"))
        .isInstanceOf(InvalidSpec.class)
        .hasMessage("labels must be at most 8 labels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a=b", "-a", "ü", "a/b", "123456789012345678901234567890123"})
  void a_key_is_short_and_plain(String key) {
    assertThat(Labels.fault(key, "value")).isPresent();
    assertThatThrownBy(() -> Samples.get().label(key, "value")).isInstanceOf(InvalidSpec.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\0", "\ud800", "\u0085"})
  void a_value_is_text_in_one_line(String value) {
    assertThat(Labels.fault("key", value)).isPresent();
  }

  @Test
  void the_bounds_are_inclusive() {
    assertThat(Labels.fault("k".repeat(32), "ü".repeat(128))).isEmpty();
    assertThat(Labels.fault("k".repeat(32), "ü".repeat(129))).isPresent();
  }

  @Test
  void other_labels_make_another_fetch_in_whatever_order_they_are_given() {
    var spec = Samples.get();
    var labelled = spec.label("a", "1").label("b", "2");

    assertThat(labelled).isEqualTo(spec.labels(Map.of("b", "2", "a", "1")));
    assertThat(Fingerprint.ofMeaning(labelled))
        .isEqualTo(Fingerprint.ofMeaning(spec.label("b", "2").label("a", "1")))
        .isNotEqualTo(Fingerprint.ofMeaning(spec))
        .isNotEqualTo(Fingerprint.ofMeaning(spec.label("a", "1").label("b", "3")));
  }

  @Test
  void every_other_step_keeps_the_labels() {
    var spec = Samples.get().label("a", "1");

    assertThat(spec.timeout(FetchSpec.TIMEOUT.plusMillis(1)).queue("q").redrive("f").labels())
        .isEqualTo(Map.of("a", "1"));
    assertThat(spec.request(Samples.POST).redirects(2).labels()).isEqualTo(Map.of("a", "1"));
  }

  @Test
  void labels_count_as_memory_of_the_origin() {
    var before = HeldBytes.of(Samples.get(), Optional.empty());

    assertThat(HeldBytes.of(Samples.get().label("ab", "cd"), Optional.empty()))
        .isEqualTo(before + 5);
  }
}
