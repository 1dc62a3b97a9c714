/**
 * Every decision of an origin, as pure functions of state, input and moment. No actor, clock,
 * randomness or storage belongs here: a rule of the build keeps Pekko out.
 */
package dev.retriever.origin.core;
