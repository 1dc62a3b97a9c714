/**
 * The settings of executors, and the reader and rules that every module uses for its own settings.
 * Code that uses the settings does not belong here.
 */
package dev.retriever.executor.settings;
