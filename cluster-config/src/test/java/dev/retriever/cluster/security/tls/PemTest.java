package dev.retriever.cluster.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  private static final String BASE64 = Base64.getEncoder().encodeToString(new byte[48]);

  @TempDir private static Path directory;
  private static TestAuthority authority;

  @BeforeAll
  static void issue() {
    authority = new TestAuthority(directory, "authority");
    authority.issue("ec", "CN=ec");
    authority.issue("rsa", "CN=rsa", "-keyalg", "RSA");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] block(String label, String content) {
    return bytes("-----BEGIN " + label + "-----\n" + content + "\n-----END " + label + "-----\n");
  }

  @Test
  void a_chain_is_read_in_its_order() {
    var chain = Pem.certificates(authority.certificatePem("ec"));

    assertThat(chain.stream().map(Certificate::subject)).containsExactly("CN=ec", "CN=authority");
  }

  @Test
  void text_between_blocks_is_ignored() {
    var pem = new String(authority.certificatePem("ec"), StandardCharsets.US_ASCII);

    assertThat(Pem.certificates(bytes("Subject: ec\r\n" + pem.replace("\n", "\r\n")))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec", "rsa"})
  void a_key_is_read_whatever_its_algorithm(String alias) {
    assertThat(Pem.key(authority.keyPem(alias)).getAlgorithm()).isEqualToIgnoringCase(alias);
  }

  @Test
  void a_key_of_another_form_is_refused_with_the_command_that_converts_it() {
    for (var label : new String[] {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"}) {
      var content = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" + BASE64;

      assertThatThrownBy(() -> Pem.key(block(label, content)))
          .hasMessageContaining(label)
          .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
    }
  }

  @Test
  void no_key_and_two_keys_are_refused() {
    var key = new String(authority.keyPem("ec"), StandardCharsets.US_ASCII);

    assertThatThrownBy(() -> Pem.key(bytes(""))).hasMessageContaining("but holds 0");
    assertThatThrownBy(() -> Pem.key(bytes(key + key))).hasMessageContaining("but holds 2");
  }

  @Test
  void what_is_no_certificate_is_refused() {
    assertThatThrownBy(() -> Pem.certificates(bytes("")))
        .hasMessageContaining("holds no certificate in PEM");
    assertThatThrownBy(() -> Pem.certificates(block("CERTIFICATE", BASE64)))
        .hasMessageContaining("a certificate that cannot be read");
    assertThatThrownBy(() -> Pem.certificates(block("CERTIFICATE", "no base64!")))
        .hasMessageContaining("is not complete");
    assertThatThrownBy(() -> Pem.key(block("PRIVATE KEY", BASE64)))
        .hasMessageContaining("no RSA or EC key in PKCS #8");
  }

  @Test
  void half_a_block_before_a_whole_one_is_not_complete() {
    var whole = new String(authority.certificatePem("ec"), StandardCharsets.US_ASCII);
    var half = whole.substring(0, 200);

    assertThatThrownBy(() -> Pem.certificates(bytes(half + "\n" + whole)))
        .hasMessageContaining("is not complete");
    assertThatThrownBy(() -> Pem.certificates(bytes(whole + half)))
        .hasMessageContaining("is not complete");
  }
}
