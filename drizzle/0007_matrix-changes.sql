CREATE TABLE "matrix_changes" (
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"person_id" integer NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "matrix_changes_transaction_idx" ON "matrix_changes" USING btree ("transaction");--> statement-breakpoint
CREATE INDEX "grants_expires_idx" ON "grants" USING btree ("expires_at") WHERE closed_at is null and expires_at is not null;--> statement-breakpoint
-- Bulk inserts are noted once a statement. Updates are noted by the row, and only those that matter:
-- a sync that merely notes what it saw (last_sync_run_id) does not even come here.
CREATE FUNCTION note_new_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'people' THEN
    INSERT INTO matrix_changes (person_id) SELECT id FROM changed;
  ELSE
    INSERT INTO matrix_changes (person_id) SELECT DISTINCT person_id FROM changed;
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE FUNCTION note_changed_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO matrix_changes (person_id) VALUES (NEW.person_id);
  IF OLD.person_id <> NEW.person_id THEN
    INSERT INTO matrix_changes (person_id) VALUES (OLD.person_id);
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
-- A manager is a value of those who report to them, by e-mail while the manager is here.
CREATE FUNCTION note_changed_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO matrix_changes (person_id) VALUES (NEW.id);
  IF (OLD.email, OLD.connector, OLD.active, OLD.closed_at)
    IS DISTINCT FROM (NEW.email, NEW.connector, NEW.active, NEW.closed_at) THEN
    INSERT INTO matrix_changes (person_id) SELECT id FROM people WHERE manager_id = NEW.id;
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE FUNCTION note_changed_profile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO matrix_changes (person_id) SELECT DISTINCT person_id FROM grants
    WHERE profile_id = NEW.id AND closed_at IS NULL;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER people_inserted AFTER INSERT ON "people" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_new_rows();
--> statement-breakpoint
CREATE TRIGGER people_changed AFTER UPDATE OF "email", "connector", "active", "closed_at", "department",
  "job_title", "employment_status", "employment_type", "manager_ref", "manager_id", "location", "attributes"
  ON "people" FOR EACH ROW WHEN ((OLD."email", OLD."connector", OLD."active", OLD."closed_at",
    OLD."department", OLD."job_title", OLD."employment_status", OLD."employment_type", OLD."manager_ref",
    OLD."manager_id", OLD."location", OLD."attributes") IS DISTINCT FROM (NEW."email", NEW."connector",
    NEW."active", NEW."closed_at", NEW."department", NEW."job_title", NEW."employment_status",
    NEW."employment_type", NEW."manager_ref", NEW."manager_id", NEW."location", NEW."attributes"))
  EXECUTE FUNCTION note_changed_person();
--> statement-breakpoint
CREATE TRIGGER grants_inserted AFTER INSERT ON "grants" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_new_rows();
--> statement-breakpoint
CREATE TRIGGER grants_deleted AFTER DELETE ON "grants" REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_new_rows();
--> statement-breakpoint
CREATE TRIGGER grants_changed AFTER UPDATE OF "closed_at", "expires_at", "verified_at", "source",
  "profile_id", "entitlement_id", "person_id" ON "grants" FOR EACH ROW WHEN ((OLD."closed_at",
    OLD."expires_at", OLD."verified_at", OLD."source", OLD."profile_id", OLD."entitlement_id",
    OLD."person_id") IS DISTINCT FROM (NEW."closed_at", NEW."expires_at", NEW."verified_at",
    NEW."source", NEW."profile_id", NEW."entitlement_id", NEW."person_id"))
  EXECUTE FUNCTION note_changed_grant();
--> statement-breakpoint
CREATE TRIGGER access_profiles_changed AFTER UPDATE OF "suggestion_id" ON "access_profiles"
  FOR EACH ROW WHEN (OLD."suggestion_id" IS DISTINCT FROM NEW."suggestion_id")
  EXECUTE FUNCTION note_changed_profile();
