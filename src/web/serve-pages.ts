import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

/** What a path of the site answers with. */
export interface Page {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface Site {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Serves pages to this machine only (127.0.0.1). What is not in the map does not exist: no request reaches the disk.
 * @param port 0 for one that is free.
 * @throws The error of listen(2), such as EADDRINUSE.
 */
export const servePages = async (pages: ReadonlyMap<string, Page>, port = 0): Promise<Site> => {
  const server = createServer((request, response) => {
    answer(pages, (server.address() as AddressInfo).port, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** The files of a folder, by the paths at which a browser asks for them. */
export const pagesOf = (folder: string): ReadonlyMap<string, Page> =>
  new Map(
    readdirSync(folder).flatMap((name): readonly (readonly [string, Page])[] => {
      const type = types[extname(name)];
      if (type === undefined) return [];
      const page = { type, bytes: readFileSync(join(folder, name)) };
      return name === 'index.html'
        ? [
            ['/', page],
            ['/index.html', page],
          ]
        : [[`/${name}`, page]];
    }),
  );

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const answer = (
  pages: ReadonlyMap<string, Page>,
  port: number,
  { method, url = '/', headers }: IncomingMessage,
  response: ServerResponse,
): void => {
  const refuse = (code: number, why: string): void => {
    response.writeHead(code, { ...safety, 'content-type': 'text/plain; charset=utf-8' });
    response.end(method === 'HEAD' ? undefined : `${why}\n`);
  };
  const page = pages.get(url.replace(/[?#].*$/s, ''));
  // A page elsewhere may have its own name lead to 127.0.0.1; what it then asks for still carries that name.
  const end = port === 80 ? '' : `:${port}`;
  if (headers.host !== `127.0.0.1${end}` && headers.host !== `localhost${end}`)
    refuse(421, 'this is not the host that was asked for');
  else if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    refuse(405, 'there is only GET and HEAD here');
  } else if (!page) refuse(404, 'there is no such page');
  else {
    response.writeHead(200, { ...safety, 'content-type': page.type, 'content-length': page.bytes.length });
    response.end(method === 'HEAD' ? undefined : page.bytes);
  }
};

const safety: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
