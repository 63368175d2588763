ALTER TABLE "task_comments" ADD COLUMN "channel_id" text;--> statement-breakpoint
ALTER TABLE "task_comments" ADD COLUMN "ts" text;--> statement-breakpoint
CREATE UNIQUE INDEX "task_comments_ts_key" ON "task_comments" USING btree ("channel_id","ts");