import { isDict, listAt } from '../dict.ts';
import { type Placed, placedElements } from './state.ts';
import type { ViewRecord, Views } from './views.ts';
import { buttonTexts, plainOf } from './wording.ts';
import type { Message, Workspace } from './workspace.ts';

export type SurfaceKind = 'message' | 'home' | 'modal';

/** Something with blocks that a person looks at. */
export type VisibleSurface =
  | { kind: 'message'; key: string; message: Message }
  | { kind: 'home' | 'modal'; key: string; view: ViewRecord };

/** Says which element of which surface is meant. */
export interface Target {
  /** The words on the button. */
  text?: string | undefined;
  actionId?: string | undefined;
  blockId?: string | undefined;
  /** The button's `value`, where several have the same words. */
  value?: string | undefined;
  in?: SurfaceKind | undefined;
  messageTs?: string | undefined;
}

const blocksOf = (surface: VisibleSurface) =>
  surface.kind === 'message' ? surface.message.blocks : listAt(surface.view.view, 'blocks');

/** What this person sees: the top modal, then messages from the newest, then Home. */
export function surfacesOf(workspace: Workspace, views: Views, personId: string): VisibleSurface[] {
  const modal = views.stack(personId).at(-1);
  const home = views.home(personId);
  const { messages } = workspace.conversationWith(personId);
  return [
    ...(modal ? [{ kind: 'modal' as const, key: modal.id, view: modal }] : []),
    ...[...messages].reverse().map((message) => ({
      kind: 'message' as const,
      key: `${personId}:${message.ts}`,
      message,
    })),
    ...(home ? [{ kind: 'home' as const, key: home.id, view: home }] : []),
  ];
}

/** The first element that fits. @throws Error that lists the buttons there are */
export function findElement(
  surfaces: VisibleSurface[],
  target: Target,
  types?: string[],
): Placed & { surface: VisibleSurface } {
  const inPlace = surfaces.filter(
    (surface) =>
      (!target.in || surface.kind === target.in) &&
      (!target.messageTs ||
        (surface.kind === 'message' && surface.message.ts === target.messageTs)),
  );
  for (const surface of inPlace) {
    const placed = placedElements(blocksOf(surface)).find((one) => isMeant(one, target, types));
    if (placed) return { ...placed, surface };
  }
  const buttons = inPlace.flatMap((surface) => buttonTexts(blocksOf(surface)));
  throw new Error(
    `Nothing here fits ${JSON.stringify(target)}; the buttons are: ${buttons.join(', ') || 'none'}`,
  );
}

function isMeant({ block, element }: Placed, target: Target, types: string[] | undefined): boolean {
  if (types && !types.includes(String(element.type))) return false;
  if (target.actionId !== undefined && element.action_id !== target.actionId) return false;
  if (target.blockId !== undefined && block.block_id !== target.blockId) return false;
  if (target.value !== undefined && element.value !== target.value) return false;
  return target.text === undefined || plainOf(element.text) === target.text;
}
/** The input block a label or block_id names. @throws Error that lists the labels there are */
export function findInput(surface: VisibleSurface, name: string): Placed {
  const all = placedElements(blocksOf(surface));
  const labelOf = ({ block }: Placed) =>
    isDict(block.label) && typeof block.label.text === 'string' ? block.label.text : '';
  const found =
    all.find(({ block }) => block.block_id === name) ??
    all.find((placed) => labelOf(placed) === name) ??
    all.find(({ element }) => element.action_id === name);
  if (found) return found;
  const labels = all.map((placed) => labelOf(placed) || String(placed.element.action_id));
  throw new Error(`There is no field “${name}”; there are: ${labels.join(', ') || 'none'}`);
}
