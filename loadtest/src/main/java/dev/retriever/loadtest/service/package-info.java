/**
 * Services in their own processes that use the library, for scenarios about the library. Besides
 * the simulations, only this package uses the product's classes.
 */
package dev.retriever.loadtest.service;
