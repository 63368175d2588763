import type { App } from '@slack/bolt';
import { previewRule, saveRule } from '../../../governance/profiles/membership-rule.ts';
import { viewProfile } from '../../../governance/profiles/view.ts';
import { membershipRuleView, rulePreviewView } from '../../blocks/profiles/profile-rule.ts';
import { parseCohort } from '../../commands/parse.ts';
import { readChoices, readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { membershipRuleForm } from '../../state/profiles.ts';
import { idButton, idOption, versionForm } from '../../state/records.ts';
import { openOnTop } from '../../windows.ts';
import { describeRuleChange } from './profile-results.ts';
import { returnToProfile } from './return-to-profile.ts';

/** Registers the membership rule of a profile: form, preview and saving. */
export function listenToMembershipRules(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileRule, openRuleForm);
  onSubmit(app, deps, { id: ids.profileRulePreview, field: 'rule', handle: previewMembershipRule });
  onSubmit(app, deps, { id: ids.profileRuleSave, handle: saveMembershipRule });
}

async function openRuleForm(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  await openOnTop(click, async () => membershipRuleView(await viewProfile(click.ctx, id)));
}

async function previewMembershipRule({ ctx, view }: Submission) {
  const { values } = view.state;
  const { id, version } = versionForm.decode(view.private_metadata);
  const preview = await previewRule(ctx, {
    profileId: id,
    version,
    rule: readRule(readTypedText(values, 'rule')),
    excludedIds: readChoices(values, 'excluded', idOption) ?? [],
  });
  return rulePreviewView(preview);
}

async function saveMembershipRule(submission: Submission) {
  const input = membershipRuleForm.decode(submission.view.private_metadata);
  const saved = await saveRule(submission.ctx, input);
  return returnToProfile(submission, input.profileId, describeRuleChange(saved));
}

/** Reads a typed rule; null for an empty one. @throws Refusal invalid with an example of the form. */
function readRule(text: string): Record<string, string[]> | null {
  if (text.trim() === '') return null;
  return /^\s*everyone\s*$/i.test(text) ? {} : parseCohort(text);
}
