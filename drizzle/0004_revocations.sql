ALTER TABLE "policies" DROP CONSTRAINT "policies_name_unique";--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "removal_task_id" integer;--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "removal_claimed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "kind" text DEFAULT 'grant' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "policies_name_key" ON "policies" USING btree ("kind","name");