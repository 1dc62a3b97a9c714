package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The node is killed twice while a job makes fetches again. Each is made exactly once. */
@ParameterizedClass
@EnumSource
class BulkKilledTest {
  private static final int FETCHES = 1_000;
  private static final int ORIGINS = 10;

  @TempDir private Path directory;
  @Parameter private TestDatabase database;

  @Test
  void a_redrive_of_many_makes_each_once() {
    var there = database.settings();
    try (var target = new TestTarget()) {
      var node = started(there);
      try {
        submit(node.api(), target.url("/status/404"));
        Eventually.becomes(FETCHES, () -> count(node.api(), "status=404"));
        var begun =
            node.api()
                .post(
                    "/v1/bulk",
                    json(
                        "{'id': 'again', 'action': 'redrive', 'where': {'status': '404'},"
                            + " 'rate': 200}"));
        assertThat(begun.status()).as(begun.text()).isEqualTo(201);
        Eventually.becomes(true, () -> made(node.api()) >= 200);
      } finally {
        node.close();
      }
      var second = started(there);
      try {
        Eventually.becomes(true, () -> made(second.api()) >= 600);
      } finally {
        second.close();
      }
      try (var third = started(there)) {
        Eventually.becomes("done", () -> job(third.api()).at("/state"));
        assertThat(job(third.api()).json().get("made").asInt()).isEqualTo(FETCHES);
        assertThat(job(third.api()).json().get("refused").asInt()).isZero();
        assertThat(job(third.api()).json().get("skipped").asInt()).isZero();
        Eventually.becomes(2 * FETCHES, () -> count(third.api(), "status=404"));
        assertThat(again(third.api())).hasSize(FETCHES).allMatch(id -> id.endsWith("~rb1"));
      }
    }
  }

  private RunningNode started(String there) {
    return RunningNode.start(directory, RunningNode.MAY_CALL_LOOPBACK, there, RunningNode.CRASHING);
  }

  private static void submit(Api api, String url) {
    for (var origin = 0; origin < ORIGINS; origin++) {
      var from = origin * FETCHES / ORIGINS;
      var fetches =
          IntStream.range(from, from + FETCHES / ORIGINS)
              .mapToObj(n -> json("{'id': 'f-%d', 'request': {'url': '%s'}}", n, url))
              .collect(Collectors.joining(","));
      var answer =
          api.post(
              "/v1/origins/killed-" + origin + "/fetches:batch",
              "{\"fetches\": [" + fetches + "]}");
      assertThat(answer.status()).as(answer.text()).isBetween(200, 299);
    }
  }

  private static int count(Api api, String filter) {
    return api.get("/v1/fetches/count?" + filter).json().get("total").asInt();
  }

  private static Api.Answer job(Api api) {
    return api.get("/v1/bulk/again");
  }

  private static int made(Api api) {
    return job(api).json().path("made").asInt();
  }

  /** Ids with their origins, of which none is there twice. */
  private static List<String> again(Api api) {
    var ids = new ArrayList<String>();
    var cursor = "";
    do {
      var page = api.get("/v1/fetches?status=404&limit=500" + cursor);
      page.json()
          .get("items")
          .forEach(
              item -> {
                if (item.get("id").asText().contains("~r")) {
                  ids.add(item.get("originId").asText() + "/" + item.get("id").asText());
                }
              });
      cursor = page.at("/nextCursor").isEmpty() ? "" : "&cursor=" + page.at("/nextCursor");
    } while (!cursor.isEmpty());
    assertThat(new HashSet<>(ids)).hasSameSizeAs(ids);
    return ids;
  }
}
