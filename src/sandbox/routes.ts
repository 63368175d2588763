import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJson } from './dict.ts';
import { isCrossOrigin, isLocalHost, readBody, sendJson } from './http.ts';
import type { PageApi } from './page-api.ts';
import type { UploadedFile } from './slack/method.ts';
import { useResponseUrl } from './slack/responses.ts';
import { SlackError } from './slack/slack-error.ts';
import type { WebApi } from './slack/web-api.ts';
import type { SandboxWorkspace } from './slack/workspace.ts';

interface Routes {
  webApi: WebApi;
  page: PageApi;
  workspace: SandboxWorkspace;
  files: Map<string, UploadedFile>;
}

/** Creates a handler that routes requests; it returns false for paths outside the sandbox. */
export function createRouter({ webApi, page, workspace, files }: Routes) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const [, area = '', rest = ''] = /^\/(api|response|upload)\/(.+)$/.exec(path) ?? [];
    const handlers: Record<string, () => Promise<void>> = {
      api: () => webApi.handle(rest, request, response),
      response: () => handleResponseUrl(workspace, rest, request, response),
      upload: () => handleUpload(files, rest, request, response),
    };
    const handler =
      handlers[area] ??
      (page.isPagePath(request.method ?? 'GET', path)
        ? () => page.handle(path, request, response)
        : undefined);
    if (!handler) return false;
    if (!isLocalHost(request)) {
      response.writeHead(403).end('The sandbox accepts only requests to localhost');
      return true;
    }
    if (isCrossOrigin(request)) {
      sendJson(response, 403, { error: 'Requests from other sites are not allowed' });
      return true;
    }
    handler().catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(error instanceof Error ? error.message : String(error));
    });
    return true;
  };
}

async function handleResponseUrl(
  workspace: SandboxWorkspace,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  try {
    useResponseUrl(workspace, id, parseJson((await readBody(request)).toString('utf8')));
    sendJson(response, 200, { ok: true });
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    const isGone = error.code === 'expired_url' || error.code === 'used_url';
    sendJson(response, isGone ? 404 : 400, { ok: false, error: error.code, ...error.extra });
  }
}

async function handleUpload(
  files: Map<string, UploadedFile>,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const file = files.get(id);
  const body = await readBody(request);
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  const type = request.headers['content-type'] ?? '';
  file.bytes = type.startsWith('multipart/') ? await readFirstPart(body, type) : body;
  response.writeHead(200).end(`OK - ${file.bytes.length}`);
}

async function readFirstPart(body: Buffer, type: string): Promise<Buffer> {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': type },
  }).formData();
  const part = [...form.values()][0];
  return part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : Buffer.from(part ?? '');
}
