/**
 * Callback endpoints: what a node knows of them, and their routes. How callbacks are decided and
 * sent does not belong here, nor statements of SQL, which are in {@code rows}.
 */
package dev.retriever.cluster.callbacks;
