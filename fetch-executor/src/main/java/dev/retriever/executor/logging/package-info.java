/**
 * What lines of the log are about, as fields beside their text.
 *
 * <p>Nothing is logged here, and no text of a line is made here.
 */
package dev.retriever.executor.logging;
