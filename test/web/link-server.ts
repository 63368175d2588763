import type { Ctx } from '../../src/governance/context.ts';
import {
  createPreferencesLink,
  createTaskLink,
} from '../../src/governance/email-links/action-links.ts';
import { listSteps } from '../../src/store/tasks/tasks.ts';
import { mountLinks } from '../../src/web/links.ts';
import { startWeb } from '../../src/web/server.ts';
import { openEmbedded } from '../support/database.ts';
import { readyToEmpty } from '../support/empty-tables.ts';
import { askFor, makeSmallCompany, noon, type SmallCompany } from '../support/small-company.ts';

type Name = keyof SmallCompany['ids'];

/** The pages behind links in e-mails, on a socket, over a small company in a database of their own. */
export async function startLinkServer() {
  const database = await openEmbedded();
  const { db } = database;
  const empty = await readyToEmpty(db);
  let company = await makeSmallCompany(db);
  let now = noon;
  const newCtx = (): Ctx => ({ ...company.system, now });
  const web = await startWeb({ port: 0, host: '127.0.0.1', ping: async () => 1 });
  mountLinks(web.app, { newCtx, timeZone: 'Europe/Paris' });
  return {
    db,
    url: web.url,
    app: web.app,
    get company() {
      return company;
    },
    /** Begins anew, at noon. */
    reset: async () => {
      await empty();
      company = await makeSmallCompany(db);
      now = noon;
    },
    /** Moves the clock. */
    wait: (minutes: number) => {
      now = new Date(now.getTime() + minutes * 60_000);
    },
    /** Ana asks for GitHub · User, which is for Bo to approve; the page of it for somebody. */
    ask: async (reason = 'on call', name: Name = 'Bo', entitlementId = company.user) => {
      const { id: taskId } = await askFor(await company.as('Ana', now), {
        personId: company.ids.Ana,
        entitlementId,
        reason,
      });
      const [step] = await listSteps(db, taskId);
      const about = { taskId, stepId: step!.id };
      return { ...about, url: await linkOf(name, about), version: step!.version };
    },
    linkOf,
    preferencesOf: async (name: Name) =>
      `${web.url}/p/${await createPreferencesLink(newCtx(), { personId: company.ids[name] })}`,
    close: async () => {
      await web.close();
      await database.close();
    },
  };

  async function linkOf(name: Name, about: { taskId: number; stepId: number }): Promise<string> {
    return `${web.url}/t/${await createTaskLink(newCtx(), { personId: company.ids[name], ...about })}`;
  }
}

export type LinkServer = Awaited<ReturnType<typeof startLinkServer>>;
