import type { ModalView } from '@slack/web-api';
import fc from 'fast-check';
import type { RulePreview } from '../../src/governance/profiles/membership-rule.ts';
import type { ProfilePage, ProfileView } from '../../src/governance/profiles/view.ts';
import {
  addMembersView,
  membersView,
  profileView,
} from '../../src/slack/blocks/profiles/profile.ts';
import {
  archiveView,
  editProfileView,
  makeProfileView,
  profileEntitlementsView,
} from '../../src/slack/blocks/profiles/profile-forms.ts';
import { profilesMessage, profilesView } from '../../src/slack/blocks/profiles/profile-list.ts';
import { requestProfileView } from '../../src/slack/blocks/profiles/profile-request.ts';
import {
  membershipRuleView,
  rulePreviewView,
} from '../../src/slack/blocks/profiles/profile-rule.ts';
import type { SlackMessage } from '../../src/slack/blocks/tasks/task.ts';
import { id, list, maybe, moment, text } from './hostile-text.ts';

// Access profiles with hostile data.

const cohort = fc.option(
  fc.dictionary(text, fc.array(text, { minLength: 1, maxLength: 4 }), { maxKeys: 3 }),
);
const named = fc.record({ id, name: text });
const row = fc
  .record({
    id,
    name: text,
    description: fc.option(text),
    rule: cohort,
    cohort,
    pendingRemovalIds: fc.option(fc.array(id, { maxLength: 3 })),
    ruleSavedBy: fc.option(id),
    maxMembershipDays: fc.option(fc.nat()),
    archivedAt: fc.option(moment),
    leaving: fc.constantFrom('leave' as const, 'revoke_all' as const),
  })
  .map((one) => ({
    ...one,
    nameKey: '',
    suggestionId: null,
    createdBy: null,
    createdAt: new Date(0),
    excludedIds: [],
    version: 1,
  }));
const member = fc.record({ id, name: text, why: text, since: text, until: maybe(text) });

const profile: fc.Arbitrary<ProfileView> = fc.record({
  profile: row,
  entitlements: list(text, 250),
  members: list(member, 10),
  memberCount: fc.nat(),
  owners: list(named, 150),
  cohort: maybe(fc.record({ words: text, people: fc.nat() })),
  rule: maybe(text),
  excluded: list(named, 100),
  held: list(named, 300),
  canManage: fc.boolean(),
});
const page: fc.Arbitrary<ProfilePage> = fc.record({
  rows: list(
    fc.record({
      profile: row,
      entitlements: fc.nat(),
      members: fc.nat(),
      canOpen: fc.boolean(),
    }),
    10,
  ),
  words: text,
  archived: fc.boolean(),
  total: fc.nat(),
  page: fc.constant(1),
  pages: fc.constant(3),
  canManage: fc.boolean(),
});
const preview: fc.Arbitrary<RulePreview> = fc.record({
  input: fc.record({
    profileId: id,
    version: id,
    rule: fc.constantFrom(null, { department: ['x'.repeat(1_000)] }),
    excludedIds: list(id, 100),
  }),
  name: text,
  words: text,
  matching: fc.nat(),
  joining: fc.nat({ max: 3 }),
  leaving: fc.nat(),
  isHeld: fc.boolean(),
});
const offer = fc.record({
  profile: row,
  entitlements: list(fc.record({ label: text, isHeld: fc.boolean() }), 250),
});

export const profileMessages: Record<string, fc.Arbitrary<SlackMessage>> = {
  'the profiles': page.map(profilesMessage),
};

export const profileViews: Record<string, fc.Arbitrary<ModalView>> = {
  'the list of profiles': page.map(profilesView),
  'a profile': fc.tuple(profile, maybe(text)).map(([view, result]) => profileView(view, result)),
  'a form to add members': profile.map(addMembersView),
  'all members': fc
    .tuple(row, list(member, 40))
    .map(([one, members]) => membersView({ profile: one, members, total: 90, page: 1, pages: 3 })),
  'a form to create a profile': fc.constant(makeProfileView()),
  'a form to edit a profile': profile.map(editProfileView),
  'entitlements of a profile': profile.map(profileEntitlementsView),
  'a form to archive a profile': profile.map(archiveView),
  'a membership rule': profile.map(membershipRuleView),
  'the preview of a rule': preview.map(rulePreviewView),
  'a form to request a profile': fc
    .tuple(offer, named)
    .map(([one, me]) => requestProfileView(one, me)),
};
