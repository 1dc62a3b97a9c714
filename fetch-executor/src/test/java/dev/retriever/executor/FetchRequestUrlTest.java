package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.InvalidRequest.Kind;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which URLs may be called, as far as their text can tell. */
class FetchRequestUrlTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        // addresses in other than the plain form, which the platform would read as numbers
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://127.0.0.01/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://017700000001/",
        "http://0/",
        "http://169.254.43518/",
        "http://127.0.0.1./",
        "http://256.1.1.1/",
        "http://1.2.3.4.5/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[::1",
        "http://[::zz]/",
        "http://[v1.a]/",
        "http://::1/",
        // user info, and what hides a host
        "http://user:pass@h/",
        "http://@h/",
        "http://a.com\\@b.com/",
        "http://1.1.1.1 &@2.2.2.2# @3.3.3.3/",
        "http://127.1.1.1:80\\@@127.2.2.2:80/",
        "http://h%2eexample.com/",
        "http://127.0.0.1%00.example.com/",
        "http://\u24d4xample.com/",
        "http://127\u30020\u30020\u30021/",
        // host names
        "http://xn--/",
        "http://.../",
        "http://-a.com/",
        "http://a-.com/",
        "http://a..b/",
        "http://.a/",
        // ports
        "http://h:0/",
        "http://h:65536/",
        "http://h:99999/",
        "http://h:99999999999/",
        "http://h:-1/",
        "http://h:/",
        "http://h:80:80/",
        "http://h:8a/",
        // schemes, and what is not absolute
        "file:///etc/passwd",
        "jar:http://127.0.0.1!/",
        "gopher://h/",
        "ftp://h/",
        "dict://h/",
        "ldap://h/",
        "netdoc:x",
        "ws://h/",
        "//h/x",
        "http:/x",
        "http:///x",
        "http:x",
        "http:",
        "http://",
        "h/x",
        "",
        "null",
        "?",
        "#",
        // path, query and fragment
        "http://h/%zz",
        "http://h/%",
        "http://h/a b",
        "http://h/\u00e9",
        "http://h/\t",
        "http://h/\0",
        "http://h/\r\nX: y",
        "http://h/a\n",
        " http://h/",
        "http://h/ ",
        "http://h/a#frag",
        "http://h/#",
        "http://h/<a>",
        "http://h/\"",
        "http://h/{a}",
        "http://h/a|b",
        "http://h/\\",
        "http://h/?a b",
        "http://h/?\\",
        "http://h/?\u00e9",
        "http://h/?%7",
        "http://h/?a#b",
        "http://a_b:0/",
        "http://a_b:65536/",
        "http://a_b:/",
        "http://a_b:80:80/",
        "http://a_b:8a/",
        "http://u@a_b/",
        "http://a_b%2e/",
        "http://a_b..c/",
        "http://a_b.1/",
        "http://a_b.0x7f/"
      })
  void a_bad_url_is_refused_without_repeating_it(String url) {
    assertThatThrownBy(() -> FetchRequest.get(url))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.URL);
              assertThat(e.pointer()).isEqualTo("/url");
              assertThat(e.getMessage()).doesNotContain("pass", "#frag", "\r", "\n", "X: y");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h",
        "https://h/",
        "HTTP://H/",
        "http://h?a=b",
        "http://h:1/",
        "http://h:65535/",
        "http://a.b-c.example.com./",
        "http://127.0.0.1/",
        "http://255.255.255.255/",
        "http://[::1]:80/",
        "http://[::ffff:1.2.3.4]/",
        "http://xn--bcher-kva.example/",
        "http://h/%0d%0aX:y",
        "http://h/..//../etc",
        "http://h/a%2Fb?x=%0d%0a&y=+%20'",
        "http://h/;a=b/~!$&'()*+,=:@",
        "http://h/?[a]=[b]&c=/?",
        "http://1a.com/",
        "http://a1/",
        "http://foo_bar.com/",
        "http://_dmarc.Foo_Bar.com.:8080/a?b",
        "https://a_/?_",
        "http://a_b"
      })
  void a_good_url_is_kept_as_given(String url) {
    assertThat(FetchRequest.get(url).url()).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/?a|b, http://h/?a%7Cb",
    "http://h?{a}=^`, http://h?%7Ba%7D=%5E%60",
    "http://h/a?b=<\"c\">, http://h/a?b=%3C%22c%22%3E",
    "http://h/?%7c|%7C, http://h/?%7c%7C%7C"
  })
  void characters_that_browsers_leave_in_a_query_are_escaped(String url, String sent) {
    assertThat(FetchRequest.get(url).url()).isEqualTo(sent);
  }

  @Test
  void an_escaped_url_counts_with_its_escaped_length() {
    var url = "http://h/?" + "|".repeat(2_727);
    assertThat(FetchRequest.get(url).url()).hasSize(10 + 3 * 2_727);
    assertUrlRefused(url + "|");
  }

  @Test
  void a_url_has_at_most_8192_characters() {
    var url = "http://h/" + "a".repeat(8192 - 9);
    assertThat(FetchRequest.get(url).url()).hasSize(8192);
    assertUrlRefused(url + "a");
  }

  @Test
  void a_label_has_at_most_63_characters_and_a_host_253() {
    var label = "a".repeat(63);
    var host = String.join(".", Collections.nCopies(3, label)) + "." + "a".repeat(61);
    assertThat(host).hasSize(253);
    FetchRequest.get("http://" + label + "/");
    FetchRequest.get("http://" + host + "/");
    FetchRequest.get("http://" + host + "./");
    assertUrlRefused("http://" + label + "a/");
    assertUrlRefused("http://" + host + "a/");
  }

  private static void assertUrlRefused(String url) {
    assertThatThrownBy(() -> FetchRequest.get(url)).isInstanceOf(InvalidRequest.class);
  }
}
