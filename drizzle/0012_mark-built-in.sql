-- The policies that came with the migrations so far.
UPDATE "policies" SET "built_in" = true;
