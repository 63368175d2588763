import type { ModalView } from '@slack/web-api';
import fc from 'fast-check';
import { recordOption } from '../../src/slack/blocks/kit/elements.ts';
import { removeMembersView } from '../../src/slack/blocks/profiles/profile-leaving.ts';
import { heldGrantsMessage } from '../../src/slack/blocks/rules/held-grants.ts';
import { heldImportMessage } from '../../src/slack/blocks/rules/held-import.ts';
import { expiryMessage } from '../../src/slack/blocks/tasks/expiry.ts';
import type { SlackMessage } from '../../src/slack/blocks/tasks/task.ts';
import { id, text } from './hostile-text.ts';

// Messages and forms about access that ends, with hostile data.

export const accessMessages: Record<string, fc.Arbitrary<SlackMessage>> = {
  'access that ends soon': fc
    .record({ entitlementId: id, title: text, note: text, canExtend: fc.boolean() })
    .map((note) => expiryMessage({ ...note, endsAt: undefined })),
  'held removals of grants': fc
    .record({
      ruleId: id,
      title: text,
      lines: fc.array(text, { minLength: 1 }),
      summary: text,
      pending: fc.nat(),
    })
    .map(heldGrantsMessage),
  'a held import': fc
    .record({
      holdId: id,
      title: text,
      lines: fc.array(text, { minLength: 1, maxLength: 3 }),
      changes: fc.array(text, { maxLength: 21 }),
      summary: text,
      isOpen: fc.boolean(),
    })
    .map(heldImportMessage),
};

const again = fc.record({
  people: fc
    .array(text, { minLength: 1, maxLength: 150 })
    .map((names) => names.map((name, at) => recordOption({ id: at + 1, name }))),
  leaving: fc.constantFrom('leave' as const, 'revoke_all' as const, 'revoke_unjustified' as const),
  removing: fc.nat(),
  members: fc.nat(),
});

export const accessViews: Record<string, fc.Arbitrary<ModalView>> = {
  'removing members': fc
    .tuple(
      fc.record({ id, name: text, leaving: fc.constant('leave' as const) }),
      fc.option(again, { nil: undefined }),
    )
    .map(([profile, asked]) => removeMembersView(profile, asked)),
};
