/**
 * Ramps that go on until something gives, and the decision which setting or resource it was. Runs
 * of a fixed size do not belong here.
 */
package dev.retriever.loadtest.walls;
