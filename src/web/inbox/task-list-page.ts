import { stepWords } from '../../governance/policies/step-kinds.ts';
import {
  type DoneTask,
  type Inbox,
  stepKindOfTab,
  tabs,
  tabWords,
  type WaitingTask,
} from '../../governance/task-cards/inbox.ts';
import { renderLine, renderTime } from '../elements.ts';
import { type Html, html } from '../html.ts';
import { type PageFrame, renderDocument } from '../layout.ts';
import { renderAnswer, renderPages, renderToken } from './frame.ts';

/** The state of the list of tasks. */
export interface TaskListState {
  token: string;
  zone: string;
  /** The steps whose boxes are ticked; 'all' of the page. */
  ticked: ReadonlySet<number> | 'all';
  problem?: string | undefined;
  frame: PageFrame;
}

/** Renders the lists of an inbox, as in App Home: kinds with counts, and a page of one of them with boxes. */
export function renderTaskList(inbox: Inbox, state: TaskListState): string {
  const { tab } = inbox.place;
  const title = tab === 'completed' ? 'Completed tasks' : 'Open tasks';
  const main = html`<section>
${renderAnswer(undefined, state.problem)}
<h1>${title}</h1>
${renderTabs(inbox)}
${tab === 'completed' ? renderDone(inbox, state.zone) : renderWaiting(inbox, state)}
${renderPages({ page: inbox.place.page + 1, pages: inbox.pages }, (page) => `tasks?list=${tab}&page=${page}`)}
</section>`;
  return renderDocument(`${title}: ${tabWords[tab]}`, main, state.frame);
}

/** The lists with tasks, the chosen one, and the completed tasks. Nothing assigns reviews yet. */
function renderTabs({ counts, place }: Inbox): Html {
  const shown = tabs.filter(
    (tab) => tab === place.tab || tab === 'completed' || (tab !== 'reviews' && counts[tab] > 0),
  );
  return html`<nav aria-label="Lists">${shown.map(
    (tab) =>
      html`<a href="tasks?list=${tab}"${tab === place.tab && html` aria-current="page"`}>${tabWords[tab]} ${counts[tab]}</a>\n`,
  )}</nav>`;
}

function renderWaiting(inbox: Inbox, state: TaskListState): Html {
  const { tab } = inbox.place;
  const kind = stepKindOfTab(tab);
  if (!kind || inbox.waiting.length === 0)
    return html`<p>There are no open tasks in this list.</p>`;
  const { yes, no } = stepWords[kind];
  const selectAll = html`<a href="tasks?list=${tab}&amp;page=${inbox.place.page + 1}&amp;select=all">Select all ${inbox.waiting.length}</a>`;
  return html`<form method="post" action="tasks">
<p class="quiet">Most urgent first.${inbox.waiting.length > 1 && html` ${selectAll}`}</p>
<ul class="rows">${inbox.waiting.map((one) => renderTask(one, state))}</ul>
<input type="hidden" name="do" value="review">
<input type="hidden" name="list" value="${tab}">
<input type="hidden" name="page" value="${inbox.place.page + 1}">
${renderToken(state.token)}
<div class="buttons stay">
<button class="${kind === 'revocation' ? 'danger' : 'main'}" name="decision" value="yes">${yes.button} selected…</button>
<button name="decision" value="no">${no.button} selected…</button>
</div>
<p class="hint">The next page names what will be decided. Nothing is decided before.</p>
</form>`;
}

/** Renders a task with its box: the title, the warnings, the reason and since when it waits. */
function renderTask({ card, since, isLate }: WaitingTask, { ticked, zone }: TaskListState): Html {
  const { choice, title, number, actsFor, marks, quote, facts, taskId } = card;
  const about = html`${number}${actsFor && html` · for <bdi>${actsFor}</bdi>`}`;
  const isTicked = choice && (ticked === 'all' || ticked.has(choice.stepId));
  const head = choice
    ? html`<label class="choice"><input type="checkbox" name="step" value="${choice.stepId}.${choice.version}"${isTicked && html` checked`}><span><b dir="auto">${title}</b><small>${about}</small></span></label>`
    : html`<p class="inset"><b dir="auto">${title}</b> <span class="quiet">${about}</span></p>`;
  const peers = facts.find(([label]) => label === 'Peers' || label === 'Account')?.[1];
  return html`<li>${head}
<div class="inset">
${marks.length > 0 && html`<p class="warning" dir="auto"><b>⚠ ${marks.join(' · ')}</b></p>`}
${quote && html`<p dir="auto"><q>${quote.length > 300 ? `${quote.slice(0, 300)}…` : quote}</q></p>`}
${peers && html`<p class="quiet" dir="auto">${peers}</p>`}
${!choice && html`<p class="quiet" dir="auto">${card.notes.at(-1) ?? ''}</p>`}
<p>${since !== null && html`<span class="quiet">${isLate ? 'Overdue: waiting' : 'Waiting'} since ${renderTime(since, zone)}</span> · `}<a href="${taskId}">Open #${taskId}</a></p>
</div></li>
`;
}

function renderDone({ done }: Inbox, zone: string): Html {
  if (done.length === 0) return html`<p>You have no decisions yet.</p>`;
  return html`<p class="quiet">Your decisions, newest first.</p>
<ul class="rows">${done.map((one) => renderDecided(one, zone))}</ul>`;
}

function renderDecided({ title, number, record, state, taskId }: DoneTask, zone: string): Html {
  return html`<li><b dir="auto">${title}</b> <span class="quiet">${number}</span>
<p class="quiet">${renderLine(record, zone)}</p>
${state && html`<p class="quiet" dir="auto">Now: ${state}</p>`}
<p><a href="${taskId}">Open #${taskId}</a></p></li>
`;
}
