import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import { Refusal } from '../errors.ts';
import { openModal, updateModal } from './answers.ts';
import type { Click } from './listen.ts';
import { tooOldSentence } from './state/codec.ts';

/** The window of a click. @throws Refusal for a click elsewhere, where this version shows no such button. */
export function windowOf({ view }: Pick<Click, 'view'>): ViewOutput {
  if (!view) throw new Refusal('invalid', tooOldSentence);
  return view;
}

type Place = Pick<Click, 'client' | 'triggerId' | 'view'>;

/** Opens a modal, on top of the one in which the click was made. */
export async function openOnTop(
  { client, triggerId, view }: Place,
  draw: () => Promise<ModalView>,
): Promise<void> {
  await openModal(client, triggerId, draw, view?.type === 'modal');
}

/** Draws the modal of the click again; a click elsewhere opens one. */
export async function redrawOrOpen(
  { client, triggerId, view }: Place,
  draw: () => Promise<ModalView>,
): Promise<void> {
  if (view?.type === 'modal') await updateModal(client, view.id, await draw());
  else await openModal(client, triggerId, draw);
}
