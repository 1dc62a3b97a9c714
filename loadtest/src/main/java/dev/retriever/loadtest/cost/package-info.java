/**
 * What fetches cost by the lines of invocation logs, and the prices they are charged at. How the
 * fetches were made does not matter here.
 */
package dev.retriever.loadtest.cost;
