-- API keys: their hashes, never the keys themselves. Times are milliseconds since 1970. A change of a
-- key takes the next version, and holds the row of api_key_version until it is committed, so that
-- versions are committed in their order. Notes of the last use are no changes.
CREATE TABLE "api_key" (
  "id" VARCHAR(12) NOT NULL PRIMARY KEY,
  "hash" VARCHAR(64) NOT NULL,
  "tenant" VARCHAR(32) NOT NULL,
  "roles" VARCHAR(128) NOT NULL,
  "origins" VARCHAR(129) NOT NULL,
  "expires_at" BIGINT,
  "created_at" BIGINT NOT NULL,
  "created_by" VARCHAR(300) NOT NULL,
  "last_used" BIGINT,
  "revoked_at" BIGINT,
  "version" BIGINT NOT NULL
);

CREATE INDEX "api_key_version_index" ON "api_key" ("version");
CREATE INDEX "api_key_tenant_index" ON "api_key" ("tenant", "id");

-- One row. The version is no key: H2 would lose changes that are made at the same time.
CREATE TABLE "api_key_version" (
  "only" INTEGER NOT NULL PRIMARY KEY,
  "version" BIGINT NOT NULL
);

INSERT INTO "api_key_version" ("only", "version") VALUES (1, 0);
