package dev.retriever.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller's key must not go on to its targets. */
class OwnCredentialsTest {
  private static final String KEY = "rtv_abcdef012345_";

  private static InvalidRequest refused(FetchRequest request) {
    return catchThrowableOfType(InvalidRequest.class, () -> OwnCredentials.check(request));
  }

  @Test
  void a_key_in_a_header_is_refused_and_not_shown() {
    var plain = FetchRequest.get("https://a.example/").header("X-A", "rtv").header("B", "rtv_");
    OwnCredentials.check(plain);

    var refused = refused(plain.header("Authorization", "Bearer " + KEY + "secret"));

    assertThat(refused.kind()).isEqualTo(InvalidRequest.Kind.HEADER_NOT_ALLOWED);
    assertThat(refused.pointer()).isEqualTo("/headers/Authorization");
    assertThat(refused).hasMessageNotContaining("rtv_");
    var prefixed = refused(FetchRequest.get("https://a.example/").secret("X-Key", KEY, "stripe"));
    assertThat(prefixed.pointer()).isEqualTo("/headers/X-Key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a.example/?key=rtv_abc_x",
        "https://a.example/rtv_abc_/x",
        "https://a.example/?key=rtv%5Fabc%5Fx",
        "https://a.example/%72tv_abc_",
      })
  void a_key_in_the_url_is_refused_however_it_is_written(String url) {
    var refused = refused(FetchRequest.get(url));

    assertThat(refused.kind()).isEqualTo(InvalidRequest.Kind.URL);
    assertThat(refused).hasMessageNotContaining("rtv_");
  }
}
