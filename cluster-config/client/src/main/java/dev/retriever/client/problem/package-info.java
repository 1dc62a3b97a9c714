/**
 * What goes wrong with a call: a node that refuses it, and a node that does not answer. Outcomes of
 * fetches are no errors, and are not here.
 */
package dev.retriever.client.problem;
