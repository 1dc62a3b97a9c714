package dev.retriever.origin.simulation.forgetting;

/** A mistake that is planted in what is modelled. */
enum Mistake {
  /** A writer goes on without a licence. */
  NO_LICENCE,
  /** A write looks whether its numbers are free, and not whether a higher row is there. */
  WRITES_BELOW_THE_HIGHEST_ROW,
  /** An origin is forgotten that has something pending. */
  FORGETS_PENDING,
  /** An origin is forgotten whose last row is young. */
  FORGETS_YOUNG,
  /** A write does not say again that all before it is forgotten. */
  NOT_ANEW,
  /** A reader goes on at its row, whatever life that is of. */
  CURSOR_WITHOUT_LIFE
}
