INSERT INTO "policies" ("name", "kind", "is_default") VALUES ('One approval', 'revoke', true);
--> statement-breakpoint
INSERT INTO "policy_steps" ("policy_id", "position", "kind", "approvers")
SELECT p."id", s.position, s.kind, s.approvers
FROM "policies" p,
  (VALUES (1, 'revocation', 'manager'), (2, 'deprovision', 'provisioners')) AS s(position, kind, approvers)
WHERE p."name" = 'One approval' AND p."kind" = 'revoke';
