-- Evidence is append-only: the database itself refuses to change or delete an audit row.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log is append-only';
END;
$$;
--> statement-breakpoint
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_log"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
--> statement-breakpoint
INSERT INTO "policies" ("name", "is_default") VALUES ('One approval', true);
--> statement-breakpoint
INSERT INTO "policy_steps" ("policy_id", "position", "kind", "approvers")
SELECT p."id", s.position, s.kind, s.approvers
FROM "policies" p,
  (VALUES (1, 'approval', 'manager'), (2, 'provision', 'provisioners')) AS s(position, kind, approvers)
WHERE p."name" = 'One approval';
