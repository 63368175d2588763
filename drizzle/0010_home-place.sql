ALTER TABLE "slack_identities" ADD COLUMN "home_place" jsonb;--> statement-breakpoint
CREATE INDEX "task_steps_decider_idx" ON "task_steps" USING btree ("decided_by","decided_at");