package dev.retriever.loadtest;

import picocli.CommandLine.Command;

@Command(name = "loadtest", description = "Load scenarios.", mixinStandardHelpOptions = true)
final class ScenarioCommands {}
