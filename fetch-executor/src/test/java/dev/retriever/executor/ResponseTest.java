package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseTest {
  @ParameterizedTest
  @CsvSource({"199,false", "200,true", "204,true", "299,true", "300,false", "404,false"})
  void it_is_successful_from_200_to_299(int status, boolean successful) {
    var response = new Response(status, List.of(), Body.EMPTY);

    assertThat(response.successful()).isEqualTo(successful);
  }

  @Test
  void a_body_is_read_as_text_and_never_fails() {
    assertThat(Body.utf8("Grüße").text()).isEqualTo("Grüße");
    assertThat(new Body(new byte[] {'a', (byte) 0xff}).text()).isEqualTo("a\uFFFD");
    assertThat(Body.EMPTY.text()).isEmpty();
  }
}
