// Writes an empty, migrated embedded database to the file named on the command line. global-setup.ts runs it as a
// child process, because creating a database costs memory that a process never releases.
import { writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';

const file = process.argv[2];
if (!file) throw new Error('make-dump needs the path of the file to write');
const client = await PGlite.create();
await migrate(drizzle(client), { migrationsFolder: 'drizzle' });
const dump = await client.dumpDataDir('none');
writeFileSync(file, Buffer.from(await dump.arrayBuffer()));
await client.close();
process.disconnect?.();
