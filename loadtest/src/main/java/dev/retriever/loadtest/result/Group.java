package dev.retriever.loadtest.result;

import java.util.Arrays;
import java.util.List;

/** A group of scenarios about one question. */
public enum Group {
  A("Concurrency limits"),
  B("Dispatch compared"),
  C("Job-queue targets"),
  D("Stress of subscriptions"),
  E("Bounds"),
  F("Sleep, crowds and kills");

  private final String title;

  Group(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }

  public static List<String> letters() {
    return Arrays.stream(values()).map(Group::name).toList();
  }
}
