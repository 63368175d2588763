-- The built-in policies by their number of approvals (GOVERNANCE.md section 4), for requests and for revocations;
-- "One approval" is there since the first migrations.
INSERT INTO "policies" ("name", "kind")
SELECT n.name, k.kind
FROM (VALUES ('No approval'), ('Two approvals'), ('Three approvals')) AS n(name),
  (VALUES ('grant'), ('revoke')) AS k(kind);
--> statement-breakpoint
INSERT INTO "policy_steps" ("policy_id", "position", "kind", "approvers")
SELECT p."id",
  row_number() OVER (PARTITION BY p."id" ORDER BY s.position),
  CASE WHEN s.approvers = 'provisioners'
    THEN CASE p."kind" WHEN 'grant' THEN 'provision' ELSE 'deprovision' END
    ELSE CASE p."kind" WHEN 'grant' THEN 'approval' ELSE 'revocation' END
  END,
  s.approvers
FROM "policies" p,
  (VALUES (1, 2, 'manager'), (2, 2, 'application_owners'), (3, 3, 'entitlement_owners'), (4, 0, 'provisioners'))
    AS s(position, needs, approvers)
WHERE (p."name" = 'No approval' AND s.needs = 0)
  OR (p."name" = 'Two approvals' AND s.needs <= 2)
  OR (p."name" = 'Three approvals' AND s.needs <= 3);
