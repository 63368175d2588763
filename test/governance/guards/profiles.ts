import { archiveProfile, editProfile, makeProfile } from '../../../src/governance/profiles/edit.ts';
import { addMembers } from '../../../src/governance/profiles/enroll.ts';
import {
  changeEntitlements,
  findForProfile,
  findInProfile,
} from '../../../src/governance/profiles/entitlements.ts';
import { addToProfile, createProfile } from '../../../src/governance/profiles/from-suggestion.ts';
import { previewRule, saveRule } from '../../../src/governance/profiles/membership-rule.ts';
import { decideHeldRemovals } from '../../../src/governance/profiles/reconcile-members.ts';
import { requestProfile } from '../../../src/governance/profiles/request-profile.ts';
import { findEnrolledPeople, unenroll } from '../../../src/governance/profiles/unenroll.ts';
import {
  listAccessProfiles,
  listMemberPage,
  viewProfile,
} from '../../../src/governance/profiles/view.ts';
import type { Guarded } from './guards.ts';

const nobody = 999_999;
type Edit<T extends (...args: never[]) => unknown> = Parameters<T>[1];
/** What an edit says is not looked at before the permission. */
const edit = { profileId: nobody, version: 1 };

/** The verbs by which access profiles are managed; their owners may enroll without a role (profiles.test). */
export const profileGuarded: Guarded = {
  'profiles/reconcile-members decideHeldRemovals': [
    'manageProfiles',
    (c) => decideHeldRemovals(c, { profileId: nobody, shown: 1, decision: 'keep' }),
  ],
  'profiles/membership-rule previewRule': [
    'manageProfiles',
    (c) => previewRule(c, edit as Edit<typeof previewRule>),
  ],
  'profiles/membership-rule saveRule': [
    'manageProfiles',
    (c) => saveRule(c, edit as Edit<typeof saveRule>),
  ],
  'profiles/edit makeProfile': [
    'manageProfiles',
    (c) => makeProfile(c, { name: '', ownerIds: [], entitlementIds: [] } as never),
  ],
  'profiles/edit editProfile': [
    'manageProfiles',
    (c) => editProfile(c, edit as Edit<typeof editProfile>),
  ],
  'profiles/edit archiveProfile': [
    'manageProfiles',
    (c) => archiveProfile(c, { ...edit, leaving: 'leave' }),
  ],
  'profiles/entitlements changeEntitlements': [
    'manageProfiles',
    (c) =>
      changeEntitlements(c, { ...edit, add: [], remove: [], createRequests: false, revoke: false }),
  ],
  'profiles/entitlements findForProfile': ['manageProfiles', (c) => findForProfile(c, '')],
  'profiles/entitlements findInProfile': ['manageProfiles', (c) => findInProfile(c, nobody, '')],
  'profiles/unenroll findEnrolledPeople': [
    'manageProfiles',
    (c) => findEnrolledPeople(c, nobody, ''),
  ],
  'profiles/unenroll unenroll': [
    'manageProfiles',
    (c, s) => unenroll(c, { profileId: nobody, personIds: [s.personId], leaving: 'leave' }),
  ],
  'profiles/enroll addMembers': [
    'manageProfiles',
    (c) =>
      addMembers(c, {
        profileId: nobody,
        personIds: [],
        wholeCohort: false,
        createRequests: false,
      }),
  ],
  'profiles/request-profile requestProfile': [
    'requestForAnyone',
    (c, s) => requestProfile(c, { profileId: nobody, personId: s.personId, reason: 'so' }),
  ],
  'profiles/view listAccessProfiles': [
    'manageProfiles',
    (c) => listAccessProfiles(c, { words: '', archived: true, page: 0 }),
  ],
  'profiles/view listMemberPage': ['manageProfiles', (c) => listMemberPage(c, nobody, 0)],
  'profiles/view viewProfile': ['manageProfiles', (c) => viewProfile(c, nobody)],
  'profiles/from-suggestion createProfile': [
    'mineRoles',
    (c) => createProfile(c, { suggestionId: nobody, name: 'x', entitlementIds: [] }),
  ],
  'profiles/from-suggestion addToProfile': [
    'mineRoles',
    (c) => addToProfile(c, { suggestionId: nobody, profileId: nobody, entitlementIds: [] }),
  ],
};
