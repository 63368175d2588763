import type { ModalView } from '@slack/web-api';
import type { AppliedSimulation, PausedSimulation } from '../../../governance/simulations/apply.ts';
import type {
  AskedSimulation,
  QueuedSimulation,
} from '../../../governance/simulations/simulations.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { confirmationForm, idButton } from '../../state/records.ts';
import {
  bold,
  button,
  context,
  escapeText,
  plainText,
  section,
  sections,
} from '../kit/elements.ts';
import { sentenceView } from '../kit/sentence.ts';

/** The answer to a requested simulation: it is queued, or it needs confirmation. */
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
    submit: plainText('Continue', 24),
    close: plainText('Close', 24),
    blocks: [
      section(`${bold(policy)} also has ${formatCount(written, 'handwritten rule')}.`),
      section(
        'A run replaces only mined rules; handwritten rules are unchanged. We recommend a separate target policy for mining rules. Continue with this one?',
      ),
    ],
  };
}

function queuedView({ id, policy }: QueuedSimulation): ModalView {
  const text = `The simulation of ${bold(policy)} has started. You get a message when it is done. Nothing changes before you apply it.`;
  const cancel = button('Cancel', ids.simulationCancel, idButton.encode(id), {
    label: `Cancel the simulation of ${policy}`,
  });
  return { ...sentenceView('Simulate', ''), blocks: [{ ...section(text), accessory: cancel }] };
}

/** The answer to an applied simulation: it is done, or it needs confirmation. */
export function appliedView(id: number, done: AppliedSimulation | PausedSimulation): ModalView {
  if (done.kind === 'applied') {
    const { policy, added, removed, kept } = done;
    const text = `Applied: ${formatCount(added + kept, 'mined rule is', 'mined rules are')} in force in ${bold(policy)} (${added} new, ${kept} unchanged). ${removed} ended.`;
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
      section(`Nothing was changed yet: this simulation of ${bold(done.policy)} is large.`),
      ...sections(done.reasons.map((reason) => `• ${escapeText(reason)}`)),
      section(`In total, ${formatCount(done.changes, 'grant')} would change. Apply anyway?`),
    ],
  };
}

const maxSkipped = 5;

function followedBlocks({
  opened,
  requested,
  lapsed,
  heldRemovals,
  skipped,
}: AppliedSimulation['followed']) {
  const words = [
    opened > 0 ? `${formatCount(opened, 'task was', 'tasks were')} sent to provisioners.` : '',
    requested > 0 ? `${formatCount(requested, 'request')} opened for new people.` : '',
    lapsed > 0 ? `The grace period of ${formatCount(lapsed, 'grant')} began.` : '',
    heldRemovals > 0
      ? `${formatCount(heldRemovals, 'removal needs', 'removals need')} confirmation.`
      : '',
  ].filter(Boolean);
  const more = skipped.length - maxSkipped;
  return [
    section(words.join(' ') || 'Nobody’s access changes now.'),
    ...(skipped.length > 0
      ? [
          section(`*Not opened: ${skipped.length}*`),
          ...sections(skipped.slice(0, maxSkipped).map((sentence) => `• ${escapeText(sentence)}`)),
          ...(more > 0 ? [context(`and ${more} more`)] : []),
        ]
      : []),
  ];
}
