import type { ModalView } from '@slack/web-api';
import type { AppliedSimulation, PausedSimulation } from '../../../governance/simulations/apply.ts';
import type {
  AskedSimulation,
  QueuedSimulation,
} from '../../../governance/simulations/simulations.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { confirmationForm, idButton } from '../../state/records.ts';
import { bold, button, context, plainText, say, section, sections } from '../kit/elements.ts';
import { sentenceView } from '../kit/sentence.ts';

/** What somebody sees who asked for a simulation: that it is queued, or what they have to say yes to. */
export function simulationRequestedView(
  rulePolicyId: number,
  asked: QueuedSimulation | AskedSimulation,
): ModalView {
  if (asked.kind === 'queued') return queuedView(asked);
  const { policy, written } = asked;
  return {
    type: 'modal',
    callback_id: ids.simulationRequestSubmit,
    private_metadata: confirmationForm.encode({ id: rulePolicyId, confirmed: written }),
    title: plainText('Simulate', 24),
    submit: plainText('Go on', 24),
    close: plainText('Close', 24),
    blocks: [
      section(`${bold(policy)} holds ${formatCount(written, 'rule')} written by hand, too.`),
      section(
        'A run leaves them alone and replaces only what runs made. Better keep a policy for mining alone: close this, make one, and have the mining rules send theirs there. Or go on.',
      ),
    ],
  };
}

function queuedView({ id, policy }: QueuedSimulation): ModalView {
  const text = `The simulation of ${bold(policy)} has begun. You get a card when it is done; nothing changes before you apply it.`;
  const cancel = button('Cancel', ids.simulationCancel, idButton.encode(id), {
    label: `Cancel the simulation of ${policy}`,
  });
  return { ...sentenceView('Simulate', ''), blocks: [{ ...section(text), accessory: cancel }] };
}

/** What somebody sees who applied a simulation: that it is done, or what they have to say yes to. */
export function appliedView(id: number, done: AppliedSimulation | PausedSimulation): ModalView {
  if (done.kind === 'applied') {
    const { policy, added, removed, kept } = done;
    const text = `Applied: ${bold(policy)} has ${formatCount(added, 'new rule')}, ${removed} ended, ${kept} stayed.`;
    const blocks = [section(text), ...followedBlocks(done.followed)];
    return { ...sentenceView('Apply', ''), blocks };
  }
  return {
    type: 'modal',
    callback_id: ids.simulationApplySubmit,
    private_metadata: confirmationForm.encode({ id, confirmed: done.changes }),
    title: plainText('Apply?', 24),
    submit: plainText('Apply', 24),
    close: plainText('Close', 24),
    blocks: [
      section(`Nothing is done yet: ${bold(done.policy)} would change a lot.`),
      ...sections(done.reasons.map((reason) => `• ${say(reason)}`)),
      section(
        `In all, ${formatCount(done.changes, 'change')} of who holds what. Apply all the same?`,
      ),
    ],
  };
}

/** How many sentences about what could not be opened are shown. */
const maxSkipped = 5;

function followedBlocks({
  opened,
  requested,
  lapsed,
  heldRemovals,
  skipped,
}: AppliedSimulation['followed']) {
  const words = [
    opened > 0
      ? `${formatCount(opened, 'grant')} ${opened === 1 ? 'goes' : 'go'} to who provisions.`
      : '',
    requested > 0 ? `${formatCount(requested, 'request')} opened for new people.` : '',
    lapsed > 0 ? `The grace period of ${formatCount(lapsed, 'grant')} began.` : '',
    heldRemovals > 0
      ? `${formatCount(heldRemovals, 'grant waits for a yes before it is lost', 'grants wait for a yes before they are lost')}.`
      : '',
  ].filter(Boolean);
  const more = skipped.length - maxSkipped;
  return [
    section(words.join(' ') || 'Nobody’s access changes by that now.'),
    ...(skipped.length > 0
      ? [
          section(`*Not opened: ${skipped.length}*`),
          ...sections(skipped.slice(0, maxSkipped).map((sentence) => `• ${say(sentence)}`)),
          ...(more > 0 ? [context(`and ${more} more`)] : []),
        ]
      : []),
  ];
}
