/**
 * How answers of the API are shown to people: as tables, lines and screens. Each is a function of
 * what it is given; nothing is asked or printed here.
 */
package dev.retriever.cli.text;
