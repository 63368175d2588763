/** The forms of a page as a browser without scripts would send them: by what they do, their fields. */
export function formsIn(page: string): Record<string, Record<string, string>> {
  const forms = [...page.matchAll(/<form method="post"[\s\S]*?<\/form>/g)].map(([form]) => {
    const hidden = [...form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
    return Object.fromEntries(hidden.map(([, name, value]) => [name!, value!]));
  });
  return Object.fromEntries(forms.map((fields) => [fields.do ?? 'save', fields]));
}

/** Opens a page, fills in the form that does something, and sends it. Redirects are not followed. */
export async function sendForm(url: string, what: string, typed: Record<string, string>) {
  const page = await (await fetch(url)).text();
  return send(url, { ...formsIn(page)[what], ...typed });
}

export function send(url: string, fields: Record<string, string>) {
  const body = new URLSearchParams(fields);
  return fetch(url, { method: 'POST', body, redirect: 'manual' });
}

/** The words of a page. */
export function wordsOf(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');
}
