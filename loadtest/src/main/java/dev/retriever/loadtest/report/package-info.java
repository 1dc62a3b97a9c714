/**
 * The report of recorded results: Markdown, HTML, plots, verdicts, and comparisons with earlier
 * records. Nothing here measures, and nothing here knows the scenarios that ran.
 */
package dev.retriever.loadtest.report;
