-- What each tenant has pending and stored: the sum over its stripes. Changed in the transaction of the
-- journal rows that make it so, and of the purge. Several stripes, so that writers seldom wait for each
-- other. The default tenant has no rows here.
CREATE TABLE "tenant_use" (
  "tenant" VARCHAR(32) NOT NULL,
  "stripe" INTEGER NOT NULL,
  "pending" BIGINT NOT NULL,
  "bytes" BIGINT NOT NULL,
  PRIMARY KEY ("tenant", "stripe")
);

-- Pending fetches that each node may still accept for a tenant. The row with an empty node is the lock of
-- the tenant.
CREATE TABLE "tenant_lease" (
  "tenant" VARCHAR(32) NOT NULL,
  "node" VARCHAR(255) NOT NULL,
  "units" BIGINT NOT NULL,
  "renewed_at" BIGINT NOT NULL,
  PRIMARY KEY ("tenant", "node")
);
