/**
 * One origin run by hand, for test kits and simulations: the machine of production without an
 * actor. What is only for one test kit does not belong here.
 */
package dev.retriever.origin.manual;
