/** The demo: a node is killed in the middle of its work, and all fetches settle. */
package dev.retriever.loadtest.demo;
