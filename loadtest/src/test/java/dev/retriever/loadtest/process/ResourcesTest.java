package dev.retriever.loadtest.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResourcesTest {
  @Test
  void a_process_is_read_by_what_the_system_shows_of_it() {
    var stat = "42 (a (java) b) S 1 42 42 0 -1 4194304 1 2 3 4 150 50 7 3 20 0 33 0 100 200 300";
    var status = "Name:\\tjava\nVmHWM:\t 400 kB\nVmRSS:\t 300 kB\nThreads:\t33\n";

    assertThat(Resources.Sample.parse(stat, status, 12))
        .isEqualTo(new Resources.Sample(300 * 1024, 2_000, 100, 33, 12));
  }

  @Test
  void the_peak_is_the_most_of_each() {
    var one = new Resources.Sample(5, 10, 0, 3, 9);
    var other = new Resources.Sample(7, 8, 1, 2, 11);

    assertThat(one.most(other)).isEqualTo(new Resources.Sample(7, 10, 1, 3, 11));
  }

  @Test
  void the_heap_is_what_its_parts_have_in_use_without_the_metaspace() {
    var g1 =
        """
        42:
         garbage-first heap   total 262144K, used 15360K [0x1, 0x2)
          region size 1024K, 3 young (3072K), 0 survivors (0K)
         Metaspace       used 4711K, committed 4800K, reserved 1056768K
          class space    used 500K, committed 512K, reserved 1048576K
        """;
    var serial =
        """
         def new generation   total 9216K, used 16K [0x1, 0x2, 0x3)
         tenured generation   total 10240K, used 2048K [0x1, 0x2, 0x3)
         Metaspace       used 4711K, committed 4800K, reserved 1056768K
        """;

    assertThat(Resources.used(g1)).hasValue(15360 * 1024);
    assertThat(Resources.used(serial)).hasValue(2064 * 1024);
    assertThat(Resources.used("no such process")).isEmpty();
  }

  @Test
  void this_process_can_be_watched_where_the_system_shows_it() {
    var sample = Resources.sample(ProcessHandle.current().pid());

    if (System.getProperty("os.name").equals("Linux")) {
      assertThat(sample.rssBytes()).isPositive();
      assertThat(sample.threads()).isPositive();
      assertThat(sample.descriptors()).isPositive();
    }
    assertThat(Resources.sample(-1)).isEqualTo(Resources.Sample.NONE);
  }
}
