import { setImmediate } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';

/** PGlite's own 128 MB would be resident from the start; an import and a mining run take no longer with these. */
const buffers = '16MB';
/** Most time that queries may follow each other without anything else having its turn. */
const turnMs = 10;

/**
 * The embedded database. PGlite answers a query within the same turn of the event loop, so that a
 * hundred queries in a row are one block of 100 ms and more, in which no click is acknowledged; here
 * others have their turn in between.
 */
export class EmbeddedDatabase extends PGlite {
  #turnedAt = 0;

  static async open(folder: string): Promise<EmbeddedDatabase> {
    const startParams = [...PGlite.defaultStartParams, '-c', `shared_buffers=${buffers}`];
    const database = new EmbeddedDatabase(folder, { startParams });
    await database.waitReady;
    return database;
  }

  override async execProtocolStream(...message: Parameters<PGlite['execProtocolStream']>) {
    if (performance.now() - this.#turnedAt > turnMs) {
      await setImmediate();
      this.#turnedAt = performance.now();
    }
    return super.execProtocolStream(...message);
  }
}
