import type { Scene } from './draw.ts';

/** Role mining, as a Super Admin sees it. */
export const miningScenes: Scene[] = [
  {
    name: 'run',
    title: 'The message about an analysis of the whole organization',
    show: (stage) => stage.card(stage.cast.superAdmin, /Role mining found/),
  },
  {
    name: 'analysis',
    title: 'The analysis of one group',
    show: async (stage) => {
      await stage.as(stage.cast.superAdmin).command('/rolemine', 'analyze department=Finance');
      return stage.card(stage.cast.superAdmin, /share/);
    },
  },
  {
    name: 'suggestions',
    title: 'The list of suggestions',
    show: async (stage) => {
      const { ts, buttons } = await stage.message(stage.cast.superAdmin, /Role mining found/);
      const all = buttons.find((text) => text.startsWith('Show all')) ?? '';
      await stage.as(stage.cast.superAdmin).click({ text: all, messageTs: ts });
      return stage.modal(stage.cast.superAdmin, /sorted by grants explained/);
    },
  },
  {
    name: 'review',
    title: 'The review of a suggestion',
    show: async (stage) => {
      await stage.as(stage.cast.superAdmin).click({ text: 'Review', in: 'modal' });
      return stage.modal(stage.cast.superAdmin, /Profile name|Would gain/);
    },
  },
  {
    name: 'home-admin',
    title: 'App Home of a Super Admin',
    show: async (stage) => {
      await stage.as(stage.cast.superAdmin).closeModal({ all: true });
      return stage.home(stage.cast.superAdmin);
    },
  },
];
