/**
 * Services that use the library, in processes of their own, for scenarios about the library. The
 * only code of this module that uses the product's classes, beside the simulations.
 */
package dev.retriever.loadtest.service;
