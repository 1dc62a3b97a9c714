-- What operators did, and what was refused. Rows are only added, and deleted by age. A deed has a row
-- when it is asked for and a row when it has ended, with the same deed. A row with a count stands for
-- as many refusals. Times are milliseconds since 1970. Writers hold the row of audit_last until they
-- have committed, so that positions are committed in their order.
CREATE TABLE "audit" (
  "position" BIGINT NOT NULL PRIMARY KEY,
  "at" BIGINT NOT NULL,
  "kind" VARCHAR(8) NOT NULL,
  "deed" VARCHAR(36) NOT NULL,
  "tenant" VARCHAR(32) NOT NULL,
  "credential" VARCHAR(16) NOT NULL,
  "caller" VARCHAR(256) NOT NULL,
  "address" VARCHAR(64) NOT NULL,
  "action" VARCHAR(256) NOT NULL,
  "subject" VARCHAR(256) NOT NULL,
  "status" INTEGER NOT NULL,
  "reason" VARCHAR(64) NOT NULL,
  "count" BIGINT NOT NULL,
  "before" VARCHAR(256) NOT NULL,
  "after" VARCHAR(256) NOT NULL
);

CREATE INDEX "audit_tenant_index" ON "audit" ("tenant", "position");
CREATE INDEX "audit_at_index" ON "audit" ("at");
CREATE INDEX "audit_deed_index" ON "audit" ("deed");

-- One row. The position is no key: H2 would lose changes that are made at the same time.
CREATE TABLE "audit_last" (
  "only" INTEGER NOT NULL PRIMARY KEY,
  "position" BIGINT NOT NULL
);

INSERT INTO "audit_last" ("only", "position") VALUES (1, 0);
