// A child process of open-store.ts. It creates an embedded database in the folder named on the command line.
import { PGlite } from '@electric-sql/pglite';

const folder = process.argv[2];
if (!folder) throw new Error('create-folder needs the folder to create');
const client = await PGlite.create(folder);
await client.query('select 1');
await client.close();
process.disconnect?.();
