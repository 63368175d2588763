import { samplePeople } from './people.ts';
import { buildNoticeSample, buildSample, type SampleMail } from './sample-mail.ts';
import { novemberDay } from './tasks.ts';

/** Lists the mails that tell people about their own access, roles and delegations. */
export function listNoticeSamples(): SampleMail[] {
  const { ana, bo, dana, lee } = samplePeople;
  return [
    buildSample('expiring', 'Access that ends soon', ana, {
      kind: 'expiring',
      expiry: {
        entitlementId: 1,
        title: 'Your access to GitHub · Admin ends on 24 Nov 2026',
        note: 'Extend it if you need it for longer. An extension is approved like a request.',
        canExtend: true,
        endsAt: novemberDay(24),
      },
    }),
    buildNoticeSample('delegation', 'Delegation', lee, [
      `${bo.name} made you their delegate until 30 Nov 2026`,
      'You get their new tasks, and each names the person it belongs to.',
      `Tasks that are already open stay with ${bo.name}.`,
    ]),
    inboxSample(bo),
    buildNoticeSample('roles', 'New role of the reader', bo, [
      'You now have the role Application Admin',
      'Changed by Dana Scott. Send "help" to Rolemine in Slack to see what you can do.',
    ]),
    buildNoticeSample('address', 'Address that changed in Slack', dana, [
      "Ana Ruiz's address in Slack is now ana.ruiz-chen@example.com",
      'The account is still linked to ana.ruiz@example.com.',
      'If it belongs to somebody else now, unlink it: type "/rolemine people".',
    ]),
    buildNoticeSample('departure', 'Person who is back', dana, [
      'Jo Lee is back',
      'They left on 3 Nov 2026 and lost these rights: Super Admin, owner of GitHub.',
      'Type "/rolemine people" to restore them or not.',
    ]),
    buildNoticeSample('profile', 'Membership that ended', ana, [
      'You are no longer a member of the access profile "On call"',
      'Your membership ended on 21 Nov 2026.',
      'Access from this profile may be revoked. You are notified of each decision.',
    ]),
  ];
}

/** The mail that brings a new link. Its kind adds the button. */
function inboxSample(reader: SampleMail['personalMessage']['person']): SampleMail {
  const sample = buildNoticeSample('inbox', 'New link to the inbox', reader, [
    'Your Rolemine inbox',
    'You asked for a new link to it. In Slack, it is the Home tab of Rolemine.',
  ]);
  const { personalMessage } = sample;
  const key = { ...personalMessage.key, kind: 'inbox' as const };
  return { ...sample, personalMessage: { ...personalMessage, key } };
}
