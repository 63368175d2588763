import { decideHeld } from '../../src/governance/membership-follow.ts';
import { previewRule, saveRule } from '../../src/governance/membership-rules.ts';
import { archiveProfile, editProfile, makeProfile } from '../../src/governance/profile-edits.ts';
import {
  changeEntitlements,
  findForProfile,
  findInProfile,
} from '../../src/governance/profile-entitlements.ts';
import { findMembers, unenroll } from '../../src/governance/profile-leaving.ts';
import { addMembers } from '../../src/governance/profile-members.ts';
import { requestProfile } from '../../src/governance/profile-requests.ts';
import {
  listAccessProfiles,
  listMemberPage,
  viewProfile,
} from '../../src/governance/profile-view.ts';
import { addToProfile, createProfile } from '../../src/governance/profiles.ts';
import type { Guarded } from './guards.ts';

const nobody = 999_999;
type Edit<T extends (...args: never[]) => unknown> = Parameters<T>[1];
/** What an edit says is not looked at before the permission. */
const edit = { profileId: nobody, version: 1 };

/** The verbs by which access profiles are managed; their owners may enroll without a role (profiles.test). */
export const profileGuarded: Guarded = {
  'membership-follow decideHeld': [
    'manageProfiles',
    (c) => decideHeld(c, { profileId: nobody, shown: 1, decision: 'keep' }),
  ],
  'membership-rules previewRule': [
    'manageProfiles',
    (c) => previewRule(c, edit as Edit<typeof previewRule>),
  ],
  'membership-rules saveRule': [
    'manageProfiles',
    (c) => saveRule(c, edit as Edit<typeof saveRule>),
  ],
  'profile-edits makeProfile': [
    'manageProfiles',
    (c) => makeProfile(c, { name: '', ownerIds: [], entitlementIds: [] } as never),
  ],
  'profile-edits editProfile': [
    'manageProfiles',
    (c) => editProfile(c, edit as Edit<typeof editProfile>),
  ],
  'profile-edits archiveProfile': [
    'manageProfiles',
    (c) => archiveProfile(c, { ...edit, leaving: 'leave' }),
  ],
  'profile-entitlements changeEntitlements': [
    'manageProfiles',
    (c) =>
      changeEntitlements(c, { ...edit, add: [], remove: [], createRequests: false, revoke: false }),
  ],
  'profile-entitlements findForProfile': ['manageProfiles', (c) => findForProfile(c, '')],
  'profile-entitlements findInProfile': ['manageProfiles', (c) => findInProfile(c, nobody, '')],
  'profile-leaving findMembers': ['manageProfiles', (c) => findMembers(c, nobody, '')],
  'profile-leaving unenroll': [
    'manageProfiles',
    (c, s) => unenroll(c, { profileId: nobody, personIds: [s.personId], leaving: 'leave' }),
  ],
  'profile-members addMembers': [
    'manageProfiles',
    (c) =>
      addMembers(c, {
        profileId: nobody,
        personIds: [],
        wholeCohort: false,
        createRequests: false,
      }),
  ],
  'profile-requests requestProfile': [
    'requestForAnyone',
    (c, s) => requestProfile(c, { profileId: nobody, personId: s.personId, reason: 'so' }),
  ],
  'profile-view listAccessProfiles': [
    'manageProfiles',
    (c) => listAccessProfiles(c, { words: '', archived: true, page: 0 }),
  ],
  'profile-view listMemberPage': ['manageProfiles', (c) => listMemberPage(c, nobody, 0)],
  'profile-view viewProfile': ['manageProfiles', (c) => viewProfile(c, nobody)],
  'profiles createProfile': [
    'mineRoles',
    (c) => createProfile(c, { suggestionId: nobody, name: 'x', entitlementIds: [] }),
  ],
  'profiles addToProfile': [
    'mineRoles',
    (c) => addToProfile(c, { suggestionId: nobody, profileId: nobody, entitlementIds: [] }),
  ],
};
