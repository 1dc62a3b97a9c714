/**
 * How fast and how many at once calls are made, and how far a run has come. What is called does not
 * matter here.
 */
package dev.retriever.loadtest.pace;
