/** The scenario that compares dispatches: its runs, its findings and its report. */
package dev.retriever.loadtest.dispatch;
