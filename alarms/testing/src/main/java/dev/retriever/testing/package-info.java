/**
 * Test support that several modules share: a clock, timers and threads of actor systems that a test
 * moves. It depends on no other module, and production code does not depend on it.
 */
package dev.retriever.testing;
