/** What a run came to: figures, plots, texts and reports made of them. Nothing here measures. */
package dev.retriever.loadtest.result;
