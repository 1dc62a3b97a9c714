/**
 * The tables of what fetches and schedules are found by: how they are written and emptied. Who
 * looks there is not known here, and no connection is opened.
 */
package dev.retriever.cluster.index;
