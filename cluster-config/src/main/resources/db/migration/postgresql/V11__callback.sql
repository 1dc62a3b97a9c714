-- The endpoints that are told outcomes. A row without settings is of an endpoint that was removed: its
-- generation is kept, so that callbacks of it do not go to the next owner of the name.
CREATE TABLE "callback_endpoint" (
  "tenant" VARCHAR(32) NOT NULL,
  "name" VARCHAR(64) NOT NULL,
  "generation" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  "settings" VARCHAR(32768),
  "disabled_at" BIGINT,
  PRIMARY KEY ("tenant", "name")
);

-- The callbacks that wait (0), and those that were not delivered (1). Written in the transaction of the
-- journal row that each follows from.
CREATE TABLE "callback" (
  "persistence_id" VARCHAR(255) NOT NULL,
  "fetch_id" VARCHAR(255) NOT NULL,
  "tenant" VARCHAR(32) NOT NULL,
  "endpoint" VARCHAR(64) NOT NULL,
  "generation" BIGINT NOT NULL,
  "state" INTEGER NOT NULL,
  "told" VARCHAR(255) NOT NULL,
  "reason" VARCHAR(255),
  "status" INTEGER,
  "at" BIGINT NOT NULL,
  PRIMARY KEY ("persistence_id", "fetch_id")
);

CREATE INDEX "callback_of_endpoint"
  ON "callback" ("tenant", "endpoint", "generation", "state", "at", "persistence_id", "fetch_id");

CREATE INDEX "callback_dead" ON "callback" ("state", "at");
