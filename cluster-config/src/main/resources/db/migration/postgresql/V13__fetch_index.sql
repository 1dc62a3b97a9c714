-- What each fetch is found by. Written in the transaction of the journal rows that it follows from: first
-- when the fetch is accepted, and whole again when it settles. A row as of an older journal row never
-- replaces a newer one. State 0 is pending, 1 answered, 2 failed, 3 unknown, 4 cancelled. Times are in
-- milliseconds. The labels are those of fetch_label, one a line, so that they are found to be deleted.
CREATE TABLE "fetch_index" (
  "persistence_id" VARCHAR(255) COLLATE "C" NOT NULL,
  "place" BIGINT NOT NULL,
  "row_number" BIGINT NOT NULL,
  "fetch_id" VARCHAR NOT NULL,
  "state" SMALLINT NOT NULL,
  "stage" VARCHAR(32),
  "reason" VARCHAR(64),
  "status" SMALLINT,
  "attempts" SMALLINT NOT NULL,
  "method" VARCHAR(16) NOT NULL,
  "host" VARCHAR(255) NOT NULL,
  "queue" VARCHAR(255),
  "labels" VARCHAR(1400),
  "accepted_at" BIGINT NOT NULL,
  "not_before" BIGINT,
  "settled_at" BIGINT,
  PRIMARY KEY ("persistence_id", "place")
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX "fetch_index_settled" ON "fetch_index" ("settled_at", "persistence_id", "place")
  WHERE "settled_at" IS NOT NULL;
CREATE INDEX "fetch_index_open" ON "fetch_index" ("accepted_at", "persistence_id", "place")
  WHERE "settled_at" IS NULL;
CREATE INDEX "fetch_index_bad" ON "fetch_index" ("state", "settled_at", "persistence_id", "place")
  WHERE "state" IN (2, 3, 4);

-- The labels of fetches, each as key, equals sign, value.
CREATE TABLE "fetch_label" (
  "label" VARCHAR(162) COLLATE "C" NOT NULL,
  "persistence_id" VARCHAR(255) COLLATE "C" NOT NULL,
  "place" BIGINT NOT NULL,
  PRIMARY KEY ("label", "persistence_id", "place")
) WITH (autovacuum_vacuum_scale_factor = 0.02);
