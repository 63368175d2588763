/** Where somebody is among rule policies: what a window carries, so that it can be drawn anew. */
export interface RulePlace {
  rulePolicyId: number;
  /** As it was drawn. */
  version: number;
  /** What is listed of it. */
  list: 'mining' | 'rules';
  page: number;
  /** The page of the list of policies behind it. */
  back: number;
}

export function packPlace({ rulePolicyId, version, list, page, back }: RulePlace): string {
  return [rulePolicyId, version, list, page, back].join('.');
}

export function unpackPlace(text = ''): RulePlace {
  const [id, version, list, page, back] = text.split('.');
  return {
    rulePolicyId: Number(id) || 0,
    version: Number(version) || 0,
    list: list === 'rules' ? 'rules' : 'mining',
    page: Number(page) || 0,
    back: Number(back) || 0,
  };
}
