package dev.retriever.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterTopTest {
  private static final JsonNode OVERVIEW =
      json(
          "{'nodes':{'members':3,'up':3,'answered':2},'perSecond':{'accepted':12.4,'answered':12,"
              + "'failed':0.1,'unknown':0,'cancelled':0},'pending':41,'inFlight':17,'originsInMemory':230,"
              + "'subscriptions':2,'waiting':{'fetches':3},'problems':[{'severity':'severe',"
              + "'text':'Node n2 did not answer in time.'}]}");
  private static final JsonNode NODES =
      json(
          "{'items':[{'name':'n1','status':'up','reachable':true,'answered':true,'version':'1','storage':'there',"
              + "'pending':41,'inFlight':17,'pools':[{'permits':256,'permitsHeld':18},{'permits':4,'permitsHeld':1}],"
              + "'journal':{'meanMillis':3.12}},"
              + "{'name':'n2','status':'up','reachable':true,'answered':false},"
              + "{'name':'n3','status':'up','reachable':false,'answered':false}]}");

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> screen(List<JsonNode> queues, int width) {
    return ClusterTop.screen("title", OVERVIEW, NODES, queues, width);
  }

  @Test
  void a_line_says_of_how_many_nodes_its_figures_are() {
    assertThat(ClusterTop.line("t", OVERVIEW))
        .isEqualTo(
            "t  accepted/s 12.4   answered/s 12.0   failed/s 0.1   unknown/s 0.0   cancelled/s 0.0"
                + "   pending 41   in flight 17   nodes 2 of 3   problems 1");
  }

  @Test
  void a_screen_has_a_row_for_each_node_and_says_which_are_silent_or_unreachable() {
    assertThat(screen(List.of(), 120))
        .anyMatch(it -> it.matches("n1 +up +1 +there +41 +17 +19/260 +3\\.1 ms"))
        .anyMatch(it -> it.matches("n2 +silent .*"))
        .anyMatch(it -> it.matches("n3 +unreachable .*"))
        .contains("title   nodes 2 of 3", "!! Node n2 did not answer in time.");
  }

  @Test
  void a_screen_is_no_wider_than_the_terminal_and_shows_queues() {
    var queue =
        json(
            "{'name':'stripe','state':'held','waiting':{'fetches':1320},'running':20,'limitedBy':{'idle':0.9,'rate':0.61},'drainsIn':'13s'}");

    assertThat(screen(List.of(queue), 60))
        .allSatisfy(it -> assertThat(it.length()).isLessThanOrEqualTo(60))
        .anyMatch(it -> it.startsWith("stripe") && it.contains("1320") && it.contains("rate 61 %"));
  }
}
