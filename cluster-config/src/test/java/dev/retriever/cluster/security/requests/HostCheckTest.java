package dev.retriever.cluster.security.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.egress.AddressBlocks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.junit.jupiter.api.Test;

class HostCheckTest {
  private static final String OWN_ADDRESS = "192.0.2.7";

  private static RequestSettings settings(String... hosts) {
    return new RequestSettings(
        List.of(hosts),
        Optional.of("https://shop.example"),
        AddressBlocks.of("trusted-proxies", List.of()));
  }

  private static boolean passes(String boundTo, String url, String... hosts) throws Exception {
    var listener = new Listener(false);
    listener.boundAt(new InetSocketAddress(boundTo, 8080));
    var own = InetAddress.getByName(OWN_ADDRESS);
    return new HostCheck(listener, settings(hosts), own::equals)
        .refusal(HttpRequest.GET(url + "/v1/me"))
        .isEmpty();
  }

  @Test
  void a_port_on_all_addresses_is_asked_by_each_address_of_the_machine() throws Exception {
    assertThat(passes("0.0.0.0", "http://192.0.2.7")).isTrue();
    assertThat(passes("::", "http://[::ffff:192.0.2.7]:8080")).isTrue();
    assertThat(passes("0.0.0.0", "http://127.0.0.1:9")).isTrue();
    assertThat(passes("0.0.0.0", "http://192.0.2.8")).isFalse();
    assertThat(passes("0.0.0.0", "http://0.0.0.0:8080")).isFalse();
    assertThat(passes("0.0.0.0", "http://[::]:8080")).isFalse();
  }

  @Test
  void a_port_on_one_address_is_asked_by_that_address_alone() throws Exception {
    assertThat(passes("192.0.2.9", "http://192.0.2.9:8080")).isTrue();
    assertThat(passes("192.0.2.9", "http://192.0.2.7:8080")).isFalse();
    assertThat(passes("192.0.2.9", "http://127.0.0.1:8080")).isFalse();
  }

  @Test
  void a_listed_name_passes_with_any_port_and_in_any_case() throws Exception {
    assertThat(passes("127.0.0.1", "http://Retriever.Svc.:1", "retriever.svc")).isTrue();
    assertThat(passes("127.0.0.1", "http://x.retriever.svc", "retriever.svc")).isFalse();
    assertThat(passes("127.0.0.1", "http://retriever.svc.evil", "retriever.svc")).isFalse();
  }

  @Test
  void a_pattern_stands_for_names_below_it_and_not_for_itself() throws Exception {
    assertThat(passes("127.0.0.1", "http://a.shop.test", "*.shop.test")).isTrue();
    assertThat(passes("127.0.0.1", "http://a.b.shop.test", "*.shop.test")).isTrue();
    assertThat(passes("127.0.0.1", "http://shop.test", "*.shop.test")).isFalse();
    assertThat(passes("127.0.0.1", "http://evilshop.test", "*.shop.test")).isFalse();
  }

  @Test
  void a_listed_address_passes_in_every_spelling() throws Exception {
    assertThat(passes("127.0.0.1", "http://198.51.100.1", "198.51.100.1")).isTrue();
    assertThat(passes("127.0.0.1", "http://[2001:db8:0::1]", "[2001:db8::1]")).isTrue();
    assertThat(passes("127.0.0.1", "http://[2001:db8:0::1]", "2001:db8::1")).isTrue();
  }

  @Test
  void the_host_of_the_public_url_passes() throws Exception {
    assertThat(passes("127.0.0.1", "http://shop.example")).isTrue();
  }

  @Test
  void nothing_passes_before_the_port_is_bound() {
    var check = new HostCheck(new Listener(false), settings(), address -> true);

    assertThat(check.refusal(HttpRequest.GET("http://127.0.0.1/v1/me")).map(Problem::type))
        .contains(ProblemType.NOT_READY);
    assertThat(check.refusal(HttpRequest.GET("http://127.0.0.1/alive"))).isEmpty();
  }

  @Test
  void a_list_with_an_entry_that_is_no_host_is_refused() {
    for (var host : List.of("*", "*.", "http://a", "a:80", "a/b", "a b")) {
      assertThatIllegalArgumentException()
          .as(host)
          .isThrownBy(() -> settings(host))
          .withMessageContaining("RETRIEVER_HOSTS");
    }
  }
}
