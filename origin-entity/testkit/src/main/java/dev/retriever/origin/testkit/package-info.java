/**
 * For tests of {@link dev.retriever.origin.Origin} definitions, by their writers. {@link
 * dev.retriever.origin.testkit.OriginTestKit} runs one origin in virtual time, with scripted
 * targets and crashes; {@link dev.retriever.origin.testkit.ActorOrigins} runs the same definition
 * as the actor that it is in production. Nothing in production depends on this package.
 */
package dev.retriever.origin.testkit;
