/**
 * Jobs that do one thing with many fetches: what is journaled of them, how they go on from page to
 * page, and their routes. How fetches are found, and what is done with one, is not decided here.
 */
package dev.retriever.cluster.bulk;
