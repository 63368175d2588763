ALTER TABLE "application_owners" ADD COLUMN "appointed_by" integer;--> statement-breakpoint
ALTER TABLE "application_owners" ADD COLUMN "appointed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "entitlement_owners" ADD COLUMN "appointed_by" integer;--> statement-breakpoint
ALTER TABLE "entitlement_owners" ADD COLUMN "appointed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "slack_identities" ADD COLUMN "active_confirmed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "user_groups" ADD COLUMN "joined_at" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "step_assignees" ADD COLUMN "level" text;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "risk" text;--> statement-breakpoint
ALTER TABLE "application_owners" ADD CONSTRAINT "application_owners_appointed_by_people_id_fk" FOREIGN KEY ("appointed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlement_owners" ADD CONSTRAINT "entitlement_owners_appointed_by_people_id_fk" FOREIGN KEY ("appointed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- The built-in policy of emergencies at high risk (docs/governance.md#emergencies): one approval by anybody who is awake.
INSERT INTO "policies" ("name", "kind", "is_default", "built_in") VALUES ('Emergency approval', 'grant', false, true)
  ON CONFLICT DO NOTHING;
--> statement-breakpoint
INSERT INTO "policy_steps" ("policy_id", "position", "kind", "approvers")
SELECT p."id", s.position, s.kind, s.approvers
FROM "policies" p
CROSS JOIN (VALUES (1, 'approval', 'owners_or_admins'), (2, 'provision', 'provisioners')) AS s(position, kind, approvers)
WHERE p."name" = 'Emergency approval' AND p."kind" = 'grant' AND p."built_in"
  AND NOT EXISTS (SELECT 1 FROM "policy_steps" o WHERE o."policy_id" = p."id");
