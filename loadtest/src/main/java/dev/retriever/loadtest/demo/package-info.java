/** The demo: a node that is killed in the middle of its work, and what became of it. */
package dev.retriever.loadtest.demo;
