import { listSteps } from '../../src/store/tasks/tasks.ts';
import { askFor } from '../support/small-company.ts';
import { parseForms, readPageText } from './form.ts';
import type { LinkServer } from './link-server.ts';

/** A browser without scripts: it keeps the cookie, and sends the forms of its pages. */
export class InboxBrowser {
  private readonly root: string;
  cookie = '';

  constructor(root: string) {
    this.root = root;
  }

  async open(path: string, options: RequestInit = {}): Promise<Response> {
    const headers = { ...options.headers, ...(this.cookie ? { Cookie: this.cookie } : {}) };
    const url = path.startsWith('http') ? path : `${this.root}/inbox/${path}`;
    const response = await fetch(url, { redirect: 'manual', ...options, headers });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      this.cookie = pair.endsWith('=') ? '' : pair;
    }
    return response;
  }

  async read(path: string): Promise<string> {
    return readPageText(await (await this.open(path)).text());
  }

  /** Posts fields; a list is sent once for each of its values. */
  async send(
    path: string,
    fields: Record<string, string | string[]>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const body = new URLSearchParams();
    for (const [name, values] of Object.entries(fields)) {
      for (const value of [values].flat()) body.append(name, value);
    }
    return this.open(path, { method: 'POST', body, headers });
  }

  /** The hidden fields of a form of a page. */
  async form(path: string, action: string): Promise<Record<string, string>> {
    const forms = parseForms(await (await this.open(path)).text());
    return forms[action] ?? {};
  }

  /** Opens the page of a link and presses "Open inbox". */
  async enter(link: string): Promise<Response> {
    const { inbox } = parseForms(await (await this.open(link)).text());
    return this.send(link, { ...inbox });
  }
}

/** Opens the inbox of a person in a browser of their own. */
export async function enterInboxAs(server: LinkServer, name: 'Ana' | 'Bo' | 'Kim' | 'Dana') {
  const browser = new InboxBrowser(server.url);
  await browser.enter(await server.createPreferencesUrl(name));
  return browser;
}

/** Opens requests of Ana and Cy: two that Bo can approve by mail, and one of high risk. */
export async function openThreeRequests({ company, db }: LinkServer) {
  const ask = async (name: 'Ana' | 'Cy', entitlementId: number) => {
    const task = await askFor(await company.as(name), {
      ...{ personId: company.ids[name], entitlementId, reason: `for ${name}` },
    });
    const [step] = await listSteps(db, task.id);
    return { taskId: task.id, stepId: step!.id, value: `${step!.id}.${step!.version}` };
  };
  return [
    await ask('Ana', company.user),
    await ask('Cy', company.user),
    await ask('Ana', company.admin),
  ] as const;
}
