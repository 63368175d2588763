import type { Button, KnownBlock } from '@slack/web-api';
import { pageButton } from '../../state/records.ts';
import { actions, button } from './elements.ts';

interface Paged {
  /** The first is 0. */
  page: number;
  pages: number;
}

/** Buttons to the previous and the next page. @param toValue codes the page for the button. */
export function pagingButtons(
  actionId: string,
  { page, pages }: Paged,
  toValue = (to: number) => pageButton.encode(to),
): Button[] {
  return [
    ...(page > 0 ? [button('Previous page', `${actionId}.previous`, toValue(page - 1))] : []),
    ...(page + 1 < pages ? [button('Next page', `${actionId}.next`, toValue(page + 1))] : []),
  ];
}

/** The same buttons as a block; no block for a single page. */
export function pagingBlocks(
  actionId: string,
  paged: Paged,
  toValue?: (to: number) => string,
): KnownBlock[] {
  const buttons = pagingButtons(actionId, paged, toValue);
  return buttons.length > 0 ? [actions(`pages.${paged.page}`, buttons)] : [];
}
