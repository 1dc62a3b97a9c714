package dev.retriever.origin.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Nothing is logged meanwhile: what fails in simulations is meant to. */
final class Quiet implements BeforeAllCallback, AfterAllCallback {
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private Level before;

  @Override
  public void beforeAll(ExtensionContext context) {
    before = root.getLevel();
    root.setLevel(Level.OFF);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    root.setLevel(before);
  }
}
