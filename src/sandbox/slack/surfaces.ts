import { isDict, listAt } from '../dict.ts';
import { listElements, type Placed } from './state.ts';
import type { ViewRecord, Views } from './views.ts';
import { listButtonTexts, toPlainText } from './wording.ts';
import type { Message, SandboxWorkspace } from './workspace.ts';

export type SurfaceKind = 'message' | 'home' | 'modal';

/** A message, modal or Home that a person sees. */
export type VisibleSurface =
  | { kind: 'message'; key: string; message: Message }
  | { kind: 'home' | 'modal'; key: string; view: ViewRecord };

/** Identifies an element of a surface. */
export interface Target {
  /** The text of the button. */
  text?: string | undefined;
  actionId?: string | undefined;
  blockId?: string | undefined;
  /** The button's `value`, if several buttons have the same text. */
  value?: string | undefined;
  in?: SurfaceKind | undefined;
  messageTs?: string | undefined;
}

const getBlocks = (surface: VisibleSurface) =>
  surface.kind === 'message' ? surface.message.blocks : listAt(surface.view.view, 'blocks');

/** The surfaces of this person: the top modal, then messages from the newest, then Home. */
export function listSurfaces(
  workspace: SandboxWorkspace,
  views: Views,
  personId: string,
): VisibleSurface[] {
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

/** Finds the first matching element. @throws Error with a list of the buttons */
export function findElement(
  surfaces: VisibleSurface[],
  target: Target,
  types?: string[],
): Placed & { surface: VisibleSurface } {
  const matchingSurfaces = surfaces.filter(
    (surface) =>
      (!target.in || surface.kind === target.in) &&
      (!target.messageTs ||
        (surface.kind === 'message' && surface.message.ts === target.messageTs)),
  );
  for (const surface of matchingSurfaces) {
    const placed = listElements(getBlocks(surface)).find((one) =>
      matchesTarget(one, target, types),
    );
    if (placed) return { ...placed, surface };
  }
  const buttons = matchingSurfaces.flatMap((surface) => listButtonTexts(getBlocks(surface)));
  throw new Error(
    `No element matches ${JSON.stringify(target)}; the buttons are: ${buttons.join(', ') || 'none'}`,
  );
}

function matchesTarget(
  { block, element }: Placed,
  target: Target,
  types: string[] | undefined,
): boolean {
  if (types && !types.includes(String(element.type))) return false;
  if (target.actionId !== undefined && element.action_id !== target.actionId) return false;
  if (target.blockId !== undefined && block.block_id !== target.blockId) return false;
  if (target.value !== undefined && element.value !== target.value) return false;
  return target.text === undefined || toPlainText(element.text) === target.text;
}

/** Finds an input block by label or block_id. @throws Error with a list of the labels */
export function findInput(surface: VisibleSurface, name: string): Placed {
  const all = listElements(getBlocks(surface));
  const labelOf = ({ block }: Placed) =>
    isDict(block.label) && typeof block.label.text === 'string' ? block.label.text : '';
  const found =
    all.find(({ block }) => block.block_id === name) ??
    all.find((placed) => labelOf(placed) === name) ??
    all.find(({ element }) => element.action_id === name);
  if (found) return found;
  const labels = all.map((placed) => labelOf(placed) || String(placed.element.action_id));
  throw new Error(`There is no field “${name}”; the fields are: ${labels.join(', ') || 'none'}`);
}
