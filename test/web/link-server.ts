import type { Ctx } from '../../src/governance/context.ts';
import {
  createPreferencesLink,
  createTaskLink,
} from '../../src/governance/email-links/action-links.ts';
import { listSteps } from '../../src/store/tasks/tasks.ts';
import { mountLinks } from '../../src/web/links.ts';
import { startWeb } from '../../src/web/server.ts';
import { openEmbedded } from '../support/database.ts';
import { askFor, makeSmallCompany, noon, type SmallCompany } from '../support/small-company.ts';

type Name = keyof SmallCompany['ids'];

/** Starts a web server with the pages that e-mails link to, over a small company in its own database. */
export async function startLinkServer(publicUrl?: string) {
  const database = await openEmbedded();
  const { db } = database;
  let company = await makeSmallCompany(db);
  let now = noon;
  const newCtx = (): Ctx => ({ ...company.system, now, timeZone: 'Europe/Paris' });
  const web = await startWeb({ port: 0, host: '127.0.0.1', ping: async () => 1 });
  mountLinks(web.app, { newCtx, publicUrl });
  return {
    db,
    url: web.url,
    app: web.app,
    get company() {
      return company;
    },
    /** Empties the database, stores the company again and sets the clock to noon. */
    reset: async () => {
      await database.empty();
      company = await makeSmallCompany(db);
      now = noon;
    },
    /** Moves the clock. */
    moveClock: (minutes: number) => {
      now = new Date(now.getTime() + minutes * 60_000);
    },
    /** Opens a request of Ana for GitHub · User, which Bo approves. @param name the person whose link is returned */
    openRequest: async (reason = 'on call', name: Name = 'Bo', entitlementId = company.user) => {
      const { id: taskId } = await askFor(await company.as('Ana', now), {
        personId: company.ids.Ana,
        entitlementId,
        reason,
      });
      const [step] = await listSteps(db, taskId);
      const ids = { taskId, stepId: step!.id };
      return { ...ids, url: await createTaskUrl(name, ids), version: step!.version };
    },
    createTaskUrl,
    createPreferencesUrl: async (name: Name) =>
      `${web.url}/p/${await createPreferencesLink(newCtx(), { personId: company.ids[name] })}`,
    close: async () => {
      await web.close();
      await database.close();
    },
  };

  async function createTaskUrl(
    name: Name,
    ids: { taskId: number; stepId: number },
  ): Promise<string> {
    return `${web.url}/t/${await createTaskLink(newCtx(), { personId: company.ids[name], ...ids })}`;
  }
}

export type LinkServer = Awaited<ReturnType<typeof startLinkServer>>;
