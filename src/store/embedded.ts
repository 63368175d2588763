import { setImmediate } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';

/** PGlite's default of 128 MB stays in memory from the start. Imports and mining runs are as fast with 16 MB. */
const sharedBuffers = '16MB';
/** The maximum time that consecutive queries can occupy the event loop, in milliseconds. */
const maxTurnMs = 10;

/**
 * The embedded database. PGlite answers a query within the same turn of the event loop. A hundred queries in a row
 * would block it for 100 ms and more, and no click would be acknowledged meanwhile. This class yields in between.
 */
export class EmbeddedDatabase extends PGlite {
  #yieldedAt = 0;

  static async open(folder: string): Promise<EmbeddedDatabase> {
    const startParams = [...PGlite.defaultStartParams, '-c', `shared_buffers=${sharedBuffers}`];
    const database = new EmbeddedDatabase(folder, { startParams });
    await database.waitReady;
    return database;
  }

  override async execProtocolStream(...message: Parameters<PGlite['execProtocolStream']>) {
    if (performance.now() - this.#yieldedAt > maxTurnMs) {
      await setImmediate();
      this.#yieldedAt = performance.now();
    }
    return super.execProtocolStream(...message);
  }
}
