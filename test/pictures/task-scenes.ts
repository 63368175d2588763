import type { Scene } from './draw.ts';
import type { Stage } from './stage.ts';

/** Asks for access in a message, and sends the form. */
async function request(stage: Stage, email: string, words: string, reason: string): Promise<void> {
  const actor = stage.as(email);
  await actor.command('/rolemine', `request ${words}`);
  await actor.waitFor((who) => who.modal(), 15_000);
  await actor.fill({ Reason: reason });
  await actor.submit();
  await actor.closeModal({ all: true });
}

async function click(stage: Stage, email: string, text: string, words: RegExp): Promise<void> {
  const { ts } = await stage.message(email, words);
  await stage.as(email).click({ text, messageTs: ts });
}

/** Requests, provisioning, revocations and what surrounds them, in the order in which they happen. */
export const taskScenes: Scene[] = [
  {
    name: 'home',
    title: 'App Home of a manager',
    show: (stage) => stage.home(stage.cast.manager),
  },
  {
    name: 'help',
    title: 'Help',
    show: async (stage) => {
      await stage.as(stage.cast.employee).dm('hello');
      return stage.card(stage.cast.employee, /Write what you need/);
    },
  },
  {
    name: 'request-form',
    title: 'Form to request access, filled from “request github admin”',
    show: async (stage) => {
      await stage.as(stage.cast.employee).command('/rolemine', 'request github admin');
      return stage.modal(stage.cast.employee, /Request access/);
    },
  },
  {
    name: 'request',
    title: 'Request of high risk, as the approver sees it',
    show: async (stage) => {
      await stage.as(stage.cast.employee).closeModal({ all: true });
      await request(
        stage,
        stage.cast.employee,
        'github admin until 2030-06-30',
        'On-call rotation starts Monday, I need to merge hotfixes.',
      );
      return stage.card(stage.cast.manager, /GitHub · Admin/);
    },
  },
  {
    name: 'request-details',
    title: 'Details of a request',
    show: async (stage) => {
      await click(stage, stage.cast.manager, 'Details', /GitHub · Admin/);
      return stage.modal(stage.cast.manager, /Insights/);
    },
  },
  {
    name: 'approve-with',
    title: 'Approval with a comment and an earlier end',
    show: async (stage) => {
      await stage.as(stage.cast.manager).click({ text: 'Approve with…', in: 'modal' });
      return stage.modal(stage.cast.manager, /Earlier last day/);
    },
  },
  {
    name: 'request-approved',
    title: 'The same request after the approval',
    show: async (stage) => {
      await stage.as(stage.cast.manager).fill({ Comment: 'Fine for the rotation.' });
      await stage.as(stage.cast.manager).submit();
      await stage.as(stage.cast.manager).closeModal({ all: true });
      return stage.card(stage.cast.manager, /Approved by/);
    },
  },
  {
    name: 'request-status',
    title: 'The requester’s card',
    show: (stage) => stage.card(stage.cast.employee, /You asked for GitHub · Admin/),
  },
  {
    name: 'tasks',
    title: 'The answer to /rolemine tasks',
    show: async (stage) => {
      await stage.as(stage.cast.manager).command('/rolemine', 'tasks');
      return stage.card(stage.cast.manager, /open task/);
    },
  },
  {
    name: 'deny',
    title: 'Form of a denial',
    show: async (stage) => {
      await click(stage, stage.cast.manager, 'Deny', /Approve\? .*asks for/);
      return stage.modal(stage.cast.manager, /Reason/);
    },
  },
  {
    name: 'denied',
    title: 'A denial, as the requester reads it',
    show: async (stage) => {
      await stage.as(stage.cast.manager).fill({ Reason: 'Use the shared board instead.' });
      await stage.as(stage.cast.manager).submit();
      await stage.as(stage.cast.manager).closeModal({ all: true });
      return stage.card(stage.cast.employee, /was denied/);
    },
  },
  {
    name: 'not-understood',
    title: 'A sentence that Rolemine does not understand',
    show: async (stage) => {
      await stage.as(stage.cast.employee).dm('the printer is broken');
      return stage.card(stage.cast.employee, /do not understand/);
    },
  },
  {
    name: 'mail-request',
    title: 'Mail to an approver without Slack',
    show: (stage) => stage.mail(stage.cast.withoutSlack, /^Approve\?/),
  },
  {
    name: 'page-request',
    title: 'The page behind the link of that mail',
    show: (stage) => stage.linked(stage.cast.withoutSlack, /^Approve\?/),
  },
];
