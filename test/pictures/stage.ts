import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { readConfig } from '../../src/config.ts';
import { openApp, type Running } from '../../src/main.ts';
import type { SandboxActor, SeenMessage } from '../../src/sandbox/actor.ts';
import { makeCompany } from '../../src/sandbox/company/company.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

/** What a picture shows: a place on the page of the sandbox, or a page behind a link. */
export interface Shot {
  url: string;
  find: (page: Page) => Locator;
}

const wait = 30_000;

/** The made-up company in a sandbox, and the people who act in it. */
export class Stage {
  readonly cast = makeCompany().cast;
  readonly #app: Running;
  readonly #dataDir: string;

  private constructor(app: Running, dataDir: string) {
    this.#app = app;
    this.#dataDir = dataDir;
  }

  static async open(): Promise<Stage> {
    const dataDir = await mkdtemp(join(tmpdir(), 'rolemine-pictures-'));
    const app = await openApp(readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' }));
    return new Stage(app, dataDir);
  }

  async close(): Promise<void> {
    await this.#app.close();
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  get slack(): Sandbox {
    if (!this.#app.sandbox) throw new Error('the app runs without its sandbox');
    return this.#app.sandbox;
  }

  as(email: string): SandboxActor {
    return this.slack.as(email);
  }

  /** Waits for the newest message with these words. */
  message(email: string, words: RegExp): Promise<SeenMessage> {
    return this.as(email).waitFor(
      (who) => who.messages().findLast((one) => words.test(`${one.text}\n${one.words}`)),
      wait,
    );
  }

  /** The newest message with these words, as this person sees it. */
  async card(email: string, words: RegExp): Promise<Shot> {
    const { ts } = await this.message(email, words);
    return this.#place(email, 'messages', (page) => page.locator(`[data-ts="${ts}"]`));
  }

  /** The open modal, once it shows these words. */
  async modal(email: string, words: RegExp): Promise<Shot> {
    await this.as(email).waitFor((who) => {
      const modal = who.modal();
      return modal && words.test(`${modal.title}\n${modal.words}\n${modal.buttons.join('\n')}`);
    }, wait);
    return this.#place(email, 'messages', (page) => page.getByRole('dialog'));
  }

  async home(email: string): Promise<Shot> {
    await this.as(email).openHome();
    await this.as(email).waitFor((who) => who.home(), wait);
    return this.#place(email, 'home', (page) => page.locator('.home'));
  }

  /** The newest mail with this subject, which is the open one of its mailbox. */
  async mail(email: string, subject: RegExp): Promise<Shot> {
    await this.#findMail(email, subject);
    return this.#place(email, 'mail', (page) => page.locator('.mail'));
  }

  /** The page behind a link of the newest mail with this subject. */
  async linked(email: string, subject: RegExp, link = /https?:\/\/\S+\/t\/[\w-]+/): Promise<Shot> {
    const { text } = await this.#findMail(email, subject);
    const [url] = link.exec(text) ?? [];
    if (!url) throw new Error(`no link ${link} in the mail ${subject}`);
    return this.page(url);
  }

  page(url: string): Shot {
    return { url, find: (page) => page.locator('body') };
  }

  #findMail(email: string, subject: RegExp) {
    return this.as(email).waitFor(
      () => this.slack.mails(email).findLast((mail) => subject.test(mail.subject)),
      wait,
    );
  }

  #place(email: string, tab: string, find: Shot['find']): Shot {
    return { url: `${this.#app.url}/#/${this.as(email).id}/${tab}`, find };
  }
}
