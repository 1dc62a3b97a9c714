/**
 * The kill tests: nodes and their database killed or stopped under load. Other scenarios do not
 * belong here.
 */
package dev.retriever.loadtest.kills;
