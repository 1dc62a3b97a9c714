-- When to look at which origin, at the latest. Written in the transaction of the journal rows that
-- make it so: a row here may say too much, but never too little. An origin has one row for each
-- executor that may have an attempt of it, all with the same time; with none of these, a row with
-- an empty executor. The slice is the alarm clock that looks after it.
CREATE TABLE "wake_up" (
  "persistence_id" VARCHAR(255) NOT NULL,
  "executor" VARCHAR(255) NOT NULL,
  "slice" INTEGER NOT NULL,
  "wake_at" BIGINT NOT NULL,
  "sequence_number" BIGINT NOT NULL,
  PRIMARY KEY ("persistence_id", "executor")
);

CREATE INDEX "wake_up_due" ON "wake_up" ("slice", "wake_at");
CREATE INDEX "wake_up_executor" ON "wake_up" ("executor", "slice", "persistence_id");
