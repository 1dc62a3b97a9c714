/**
 * What an origin keeps of the specs of its fetches: their fingerprints, and where large bodies are.
 * What is decided about fetches does not belong here.
 */
package dev.retriever.origin.core.specs;
