import type { ModalView } from '@slack/web-api';
import fc from 'fast-check';
import type { OpenedRequest } from '../../src/governance/requests/request-access.ts';
import { extendView } from '../../src/slack/blocks/requests/extension.ts';
import { myAccessView } from '../../src/slack/blocks/requests/my-access.ts';
import { requestedView, requestView } from '../../src/slack/blocks/requests/request.ts';
import {
  requestsMessage,
  requestsPage,
  requestsView,
} from '../../src/slack/blocks/tasks/my-requests.ts';
import type { SlackMessage } from '../../src/slack/blocks/tasks/task.ts';
import { access, myRequests } from './hostile-cards.ts';
import { id, list, maybe, text } from './hostile-text.ts';

// Lists and forms of requests, with hostile data.

export const requestMessages: Record<string, fc.Arbitrary<SlackMessage>> = {
  'my requests': myRequests(8).map(requestsMessage),
};

export const requestViews: Record<string, fc.Arbitrary<ModalView>> = {
  'a request': fc
    .record({
      me: fc.record({ id, name: text }),
      applicationId: maybe(id),
      personId: maybe(id),
      duration: maybe(fc.constantFrom('none' as const, '90' as const, 'date' as const)),
      emergency: fc.boolean(),
    })
    .map(requestView),
  'the result of a request': fc
    .record({ labels: list(text, 20), why: list(text, 20), until: maybe(text) })
    .map(({ labels, why, until }) =>
      requestedView(
        {
          opened: labels.map((label, id) => ({ id, label, until }) as OpenedRequest),
          refused: why.map((one, at) => ({
            entitlementId: at,
            why: one,
            extendable: at % 2 ? { personId: 1, entitlementId: at } : undefined,
          })),
        },
        null,
      ),
    ),
  'all my requests': myRequests(requestsPage).map(requestsView),
  'all my access': access.map((all) => myAccessView(all, 0)),
  'a form to extend access': fc
    .record({
      personId: id,
      entitlementId: id,
      has: text,
      label: text,
      until: text,
      latest: maybe(text),
    })
    .map(extendView),
};
