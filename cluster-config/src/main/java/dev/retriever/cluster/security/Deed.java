package dev.retriever.cluster.security;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.http.javadsl.model.AttributeKey;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/** A deed of an operator that is under way, as the audit records it. Thread-safe. */
public interface Deed {
  /** A deed that is not recorded. */
  Deed UNRECORDED =
      new Deed() {
        @Override
        public void before(String state) {}

        @Override
        public void after(String state) {}

        @Override
        public CompletionStage<Done> ended(int status) {
          return CompletableFuture.completedStage(Done.getInstance());
        }
      };

  AttributeKey<Deed> KEY = AttributeKey.create("retriever-deed", Deed.class);

  /** The deed that the request asks for. Routes may tell it what they change. */
  static Deed of(HttpRequest request) {
    return request.getAttribute(KEY).orElse(UNRECORDED);
  }

  /**
   * What the deed is about to change, as it was read just before. Others may change it in between.
   *
   * @param state without secrets; at most 256 characters of it are kept
   */
  void before(String state);

  /**
   * What the deed has made of it.
   *
   * @param state as in {@link #before}
   */
  void after(String state);

  /**
   * Records the end.
   *
   * @param status of the answer
   * @return completed when that is stored or has failed; never fails
   */
  CompletionStage<Done> ended(int status);
}
