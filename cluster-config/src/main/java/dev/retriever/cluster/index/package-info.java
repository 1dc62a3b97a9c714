/**
 * The table of what fetches are found by: how it is written and emptied. Who looks there is not
 * known here, and no connection is opened.
 */
package dev.retriever.cluster.index;
