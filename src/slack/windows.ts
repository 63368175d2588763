import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import { Refusal } from '../errors.ts';
import { asFirstModal, openModal, updateModal } from './answers.ts';
import type { Click } from './listen.ts';
import { tooOldSentence } from './state/codec.ts';

/** The modal or Home of a click. @throws Refusal for a click in a message: this version shows no such button there. */
export function requireWindow({ view }: Pick<Click, 'view'>): ViewOutput {
  if (!view) throw new Refusal('invalid', tooOldSentence);
  return view;
}

type Place = Pick<Click, 'client' | 'triggerId' | 'view'>;

/** Opens a modal. A click in a modal opens it on top. */
export async function openOnTop(
  { client, triggerId, view }: Place,
  draw: () => Promise<ModalView>,
): Promise<void> {
  await openModal({ client, triggerId }, draw, { isOnTop: view?.type === 'modal' });
}

/** Draws the modal of the click again. A click elsewhere opens a new one. */
export async function redrawOrOpen(
  { client, triggerId, view }: Place,
  draw: () => Promise<ModalView>,
): Promise<void> {
  const isFirst = view?.previous_view_id === null;
  if (view?.type === 'modal') {
    const drawn = await draw();
    await updateModal(client, view.id, isFirst ? asFirstModal(drawn) : drawn);
  } else await openModal({ client, triggerId }, draw);
}
