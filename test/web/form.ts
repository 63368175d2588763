/** Parses the POST forms of a page: their hidden fields by action, as a browser without scripts sends them. */
export function parseForms(page: string): Record<string, Record<string, string>> {
  const forms = [...page.matchAll(/<form method="post"[\s\S]*?<\/form>/g)].map(([form]) => {
    const hidden = [...form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
    return Object.fromEntries(hidden.map(([, name, value]) => [name!, value!]));
  });
  return Object.fromEntries(forms.map((fields) => [fields.do ?? 'save', fields]));
}

/** Opens a page, fills in the form of an action and sends it. Redirects are not followed. */
export async function sendForm(url: string, action: string, input: Record<string, string>) {
  const page = await (await fetch(url)).text();
  return send(url, { ...parseForms(page)[action], ...input });
}

/** Posts form fields. Redirects are not followed. */
export function send(url: string, fields: Record<string, string>) {
  const body = new URLSearchParams(fields);
  return fetch(url, { method: 'POST', body, redirect: 'manual' });
}

/** Reads the visible text of a page. */
export function readPageText(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');
}
