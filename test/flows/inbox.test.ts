import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, ask, card, startAcme } from '../support/acme.ts';

const wait = 15_000;

describe('the lists of tasks', () => {
  let acme: Acme;
  let [ana, eva, bo, kim, dana] = [] as unknown as SandboxActor[];

  beforeAll(async () => {
    acme = await startAcme();
    [ana, eva, bo, kim, dana] = ['ana', 'eva', 'bo', 'kim', 'dana'].map((name) => acme.as(name));
    for (const role of ['Admin', 'Audit', 'Billing']) {
      await ask(ana!, role);
      await ask(eva!, role);
    }
    await card(bo!, 'Eva asks for GitHub · Billing');
    await bo!.openHome();
    await bo!.waitFor(() => bo!.home()?.words.includes('6 open tasks'), wait);
  }, 60_000);
  afterAll(() => acme.close());

  const turn = (who: SandboxActor, tab: string) => who.click({ actionId: `inbox:turn.${tab}` });
  const boxes = (who: SandboxActor) =>
    who.modal()?.blocks.filter((block) => String(block.block_id).startsWith('ticks.')) ?? [];
  const optionsOf = (who: SandboxActor) =>
    boxes(who).flatMap((block) => (block.element as { options: { value: string }[] }).options);

  it('a tab of Home shows at once, is marked, and stays chosen when cards change', async () => {
    const chosen = () =>
      bo!
        .home()
        ?.blocks.flatMap((block) => (Array.isArray(block.elements) ? block.elements : []))
        .filter(({ action_id, style }) => String(action_id).startsWith('inbox:turn') && style)
        .map(({ text }) => text.text);
    // Lists without tasks have no tab.
    expect(bo!.home()?.buttons.filter((text) => /^\D+ \d+$/.test(text))).toEqual([
      'Requests 6',
      'Completed 0',
    ]);
    expect(chosen()).toEqual(['Requests 6']);
    await turn(bo!, 'completed');
    await bo!.waitFor(() => bo!.home()?.words.includes('you have no decisions yet'));
    expect(chosen()).toEqual(['Completed 0']);
    await ask(ana!, 'Deploy');
    await bo!.waitFor(() => bo!.home()?.buttons.includes('Requests 7'), wait);
    expect(chosen()).toEqual(['Completed 0']);
    // Opened again, Home shows the open tasks.
    await bo!.openHome();
    await bo!.waitFor(() => bo!.home()?.words.includes('Ana asks for GitHub · Admin'));
    expect(chosen()).toEqual(['Requests 7']);
  });

  it('several tasks are approved with one comment, except one that was just canceled', async () => {
    await bo!.click({ text: 'Select several', in: 'home' });
    await bo!.waitFor(() => optionsOf(bo!).length === 7);
    const options = optionsOf(bo!);
    await bo!.fill({
      [String(boxes(bo!)[0]?.block_id)]: options.slice(0, -1).map(({ value }) => value),
    });
    await bo!.fill({ decision: 'yes', comment: 'Fine for the quarter' });
    // Meanwhile the requester cancels one.
    const { ts } = await card(ana!, 'You asked for GitHub · Admin');
    await ana!.click({ text: 'Cancel request', messageTs: ts });
    await ana!.waitFor(() => answerTo(ana!).includes('is canceled'), wait);

    expect(await bo!.submit()).toMatchObject({ ok: true });
    const result = await bo!.waitFor(
      () => (bo!.modal()?.title === 'Decided' ? bo!.modal() : undefined),
      wait,
    );
    expect(result.words).toContain('5 done, 1 not');
    expect(result.words).toMatch(/• #\d+: This task was canceled just now\./);
    await bo!.closeModal({ all: true });

    const approved = await card(bo!, 'Ana asks for GitHub · Audit');
    await bo!.waitFor(() => {
      const copy = bo!.messages().find(({ ts }) => ts === approved.ts);
      return copy?.words.includes('Approved by Bo') && copy.words.includes('Fine for the quarter');
    }, wait);
    await eva!.waitFor(
      () =>
        eva!.messages().some((one) => one.threadTs && one.words.includes('Fine for the quarter')),
      wait,
    );
    await card(kim!, 'Provision GitHub · Billing for Eva');
    await bo!.waitFor(() => bo!.home()?.buttons.includes('Requests 1'), wait);
    expect(bo!.home()?.buttons).toContain('Completed 5');
  }, 40_000);

  it('the form refuses an empty selection, and a denial without a comment', async () => {
    await ask(ana!, 'Export');
    await bo!.waitFor(() => bo!.home()?.buttons.includes('Requests 2'), wait);
    await bo!.click({ text: 'Select several', in: 'home' });
    await bo!.waitFor(() => optionsOf(bo!).length === 2);
    await bo!.fill({ decision: 'no' });
    await bo!.submit();
    await bo!.waitFor(() => bo!.modal()?.words.includes('Select at least one task.'));
    await bo!.click({ text: 'Select all 2' });
    await bo!.waitFor(() =>
      boxes(bo!).some((block) => 'initial_options' in (block.element as object)),
    );
    await bo!.fill({ decision: 'no' });
    const refused = await bo!.submit();
    expect(refused.errors?.comment).toMatch(/^Enter a reason\./);
    await bo!.fill({ comment: 'Not this quarter' });
    await bo!.submit();
    await bo!.waitFor(() => bo!.modal()?.words.includes('2 done'), wait);
    await bo!.closeModal({ all: true });
    await card(ana!, 'Your request for GitHub · Export was denied');
  }, 40_000);

  it('the command shows the same lists, and a decided task leaves the list', async () => {
    await kim!.command('/rolemine', 'tasks provisioning');
    await kim!.waitFor(() => kim!.messages().at(-1)?.ephemeral, wait);
    const list = kim!.messages().at(-1)!;
    expect(list.text).toContain('5 open tasks. Awaiting provisioning 5');
    expect(list.buttons.filter((text) => text === 'Provisioned')).toHaveLength(5);
    await kim!.click({ text: 'Provisioned', messageTs: list.ts });
    const redrawn = await kim!.waitFor(() => {
      const copy = kim!.messages().find(({ ts }) => ts === list.ts);
      return copy?.text.startsWith('4 open tasks') ? copy : undefined;
    }, wait);
    expect(redrawn.words).toMatch(/^You decided #\d+\./);
    expect(redrawn.buttons.filter((text) => text === 'Provisioned')).toHaveLength(4);
    await kim!.click({ text: 'Show all awaiting provisioning', messageTs: list.ts });
    await kim!.waitFor(() => kim!.modal()?.title === 'My tasks');
    await kim!.click({ text: "Won't provision", in: 'modal' });
    await kim!.waitFor(() => kim!.modal()?.title === "Won't provision");
    await kim!.fill({ reason: 'No seats are left' });
    await kim!.submit();
    // A busy machine says "Working on it…" and "Done." on top of the list.
    if (kim!.modal()?.title === 'Rolemine') await kim!.closeModal();
    await kim!.waitFor(() => kim!.modal()?.buttons.includes('Awaiting provisioning 3'), wait);
    await turn(kim!, 'completed');
    await kim!.waitFor(() => kim!.modal()?.words.includes('Provisioning declined by Kim'));
    await kim!.closeModal({ all: true });
    await kim!.command('/rolemine', 'tasks provisionning');
    await kim!.waitFor(() => answerTo(kim!).includes('Did you mean `provisioning`?'), wait);
  }, 40_000);

  it('a Super Admin limits all open tasks to a person and a kind', async () => {
    await dana!.command('/rolemine', `tasks all provisioning <@${kim!.id}|kim>`);
    await dana!.waitFor(() => answerTo(dana!).includes('of Kim'), wait);
    expect(answerTo(dana!)).toBe('3 open tasks of Kim (awaiting provisioning), oldest first');
    await dana!.command('/rolemine', 'tasks all');
    await dana!.waitFor(() => answerTo(dana!) === '3 open tasks, oldest first', wait);
    await dana!.command('/rolemine', 'tasks all nobody');
    await dana!.waitFor(() => answerTo(dana!).includes('Nobody has the name "nobody"'), wait);
    await bo!.command('/rolemine', 'tasks all');
    await bo!.waitFor(() => answerTo(bo!).includes('or a Super Admin'), wait);
  });
});
