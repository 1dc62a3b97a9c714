package dev.retriever.cluster.security.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of keys. */
class ApiKeyTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String FORM = "rtv_[a-z2-7]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}";

  /** The checksum is 0xfee5e832, by another implementation of CRC-32. */
  private static final String KNOWN =
      "rtv_aaaaaaaaaaaa_0000000000000000000000000000000000000000000_4fPfog";

  private static final String HASH =
      "a5de5f85162ed4e8b52f7e98dc9c703cf7f46e0f7df110aa983d14348a9f3aa9";

  @Test
  void a_new_key_has_its_form_and_is_read_back() {
    for (var i = 0; i < 200; i++) {
      var key = ApiKey.generate(RANDOM);

      assertThat(key.secretText()).matches(FORM).hasSize(67);
      assertThat(ApiKey.parse(key.secretText()))
          .hasValueSatisfying(
              read -> {
                assertThat(read.id()).isEqualTo(key.id());
                assertThat(read.hash()).isEqualTo(key.hash());
              });
    }
  }

  @Test
  void no_two_new_keys_have_an_id_or_a_secret_in_common() {
    var parts = new HashSet<String>();
    for (var i = 0; i < 500; i++) {
      var text = ApiKey.generate(RANDOM).secretText().split("_");
      parts.add(text[1]);
      parts.add(text[2]);
    }

    assertThat(parts).hasSize(1000);
  }

  @Test
  void a_key_that_differs_in_one_character_is_no_key_wherever_that_is() {
    var text = ApiKey.generate(RANDOM).secretText();
    for (var place = 0; place < text.length(); place++) {
      for (var other : "0aAzZ9_2.-b \u0000\u00e4".toCharArray()) {
        var changed = new StringBuilder(text);
        changed.setCharAt(place, other);
        if (!changed.toString().equals(text)) {
          assertThat(ApiKey.parse(changed.toString())).as("at %d", place).isEmpty();
        }
      }
    }
  }

  @Test
  void a_key_that_lost_a_character_or_swapped_two_is_no_key() {
    var text = ApiKey.generate(RANDOM).secretText();
    for (var place = 0; place < text.length() - 1; place++) {
      var cut = text.substring(0, place) + text.substring(place + 1);
      var one = text.charAt(place);
      var two = text.charAt(place + 1);
      assertThat(ApiKey.parse(cut)).isEmpty();
      if (one != two) {
        var swapped = text.substring(0, place) + two + one + text.substring(place + 2);
        assertThat(ApiKey.parse(swapped)).as(swapped).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "rtv_", "rtv", "Bearer rtv_", "RTV_aaaaaaaaaaaa"})
  void other_texts_are_no_keys(String text) {
    assertThat(ApiKey.parse(text)).isEmpty();
  }

  @Test
  void a_line_break_at_the_end_is_not_passed_over() {
    assertThat(ApiKey.parse(ApiKey.generate(RANDOM).secretText() + "\n")).isEmpty();
  }

  @Test
  void the_checksum_is_the_crc32_of_all_before_it_in_base62() {
    assertThat(ApiKey.parse(KNOWN)).isPresent();
  }

  @Test
  void a_key_shows_its_id_alone() {
    var key = ApiKey.generate("abcdefghij27", RANDOM);

    assertThat(key).hasToString("rtv_abcdefghij27_***");
    assertThat(key.secretText()).startsWith("rtv_abcdefghij27_");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abcdefghij2", "abcdefghij277", "abcdefghij28", "ABCDEFGHIJ27"})
  void an_id_of_another_form_is_refused(String id) {
    assertThatThrownBy(() -> ApiKey.generate(id, RANDOM)).hasMessage("id must be 12 of a-z 2-7");
  }

  @Test
  void a_hash_is_the_sha256_of_the_whole_text_and_its_errors_do_not_show_it() {
    // By sha256sum.
    assertThat(KeyHash.of("rtv_a").hex()).isEqualTo(HASH);
    assertThatThrownBy(() -> new KeyHash("rtv_secret"))
        .hasMessage("hash must be the SHA-256 of the key, in 64 digits of 0-9 a-f");
  }
}
