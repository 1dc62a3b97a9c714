/**
 * What the tests of several modules share: a clock, timers and threads of actor systems that a test
 * moves. It depends on no module, and no code of production depends on it.
 */
package dev.retriever.testing;
