package dev.retriever.cluster.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.Problem;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.InvalidSpec;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads batches as strictly as single submissions: one error refuses all, and names its place. */
record BatchReader(FetchReader reader) {
  /**
   * A fetch of a batch.
   *
   * @param originId of which it is; empty in a batch of one origin
   */
  record Item(Optional<String> originId, FetchBatch.Entry entry) {
    /** The same after so many callbacks, in that trace. */
    Item after(Hops hops, TraceHeaders trace) {
      var spec = trace.on(hops.on(entry.spec()));
      return new Item(originId, new FetchBatch.Entry(entry.fetchId(), spec));
    }
  }

  /** The JSON pointer of the fetch at that place. */
  static String at(int place) {
    return "/fetches/" + place;
  }

  /**
   * @param namesOrigins whether each fetch names its origin
   * @throws Problem.Found naming the place
   */
  List<Item> read(InputStream body, boolean namesOrigins) {
    var fields = JsonFields.of(JsonRequest.parse(body), "");
    var fetches =
        fields.field("fetches").orElseThrow(() -> JsonFields.invalid("/fetches", "is missing"));
    fields.nothingElse();
    if (!fetches.isArray() || fetches.isEmpty() || fetches.size() > FetchBatch.MOST) {
      throw JsonFields.invalid("/fetches", "must be an array of 1 to " + FetchBatch.MOST);
    }
    var items = new ArrayList<Item>();
    for (var place = 0; place < fetches.size(); place++) {
      items.add(item(fetches.get(place), place, namesOrigins));
    }
    return items;
  }

  private Item item(JsonNode json, int place, boolean namesOrigins) {
    try {
      var fields = JsonFields.of(json, "");
      var originId =
          namesOrigins
              ? fields
                  .text("originId")
                  .map(text -> Ids.checked("/originId", text))
                  .or(() -> missing("/originId"))
              : Optional.<String>empty();
      var submission = reader.read(fields);
      var id = submission.id().or(() -> missing("/id")).orElseThrow();
      return new Item(originId, new FetchBatch.Entry(id, submission.spec()));
    } catch (Problem.Found e) {
      throw e.problem().under(at(place)).found();
    }
  }

  /** Without ids of the caller's, a repeated batch would make other fetches. */
  private static Optional<String> missing(String pointer) {
    throw JsonFields.invalid(pointer, "is missing; each fetch of a batch needs one");
  }

  /** The batch for one origin. */
  static FetchBatch batch(List<FetchBatch.Entry> entries) {
    try {
      return new FetchBatch(entries);
    } catch (InvalidSpec e) {
      var rule = e.getMessage().substring(e.getMessage().indexOf(' ') + 1);
      throw JsonFields.invalid(e.pointer(), rule);
    }
  }
}
