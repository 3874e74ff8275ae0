import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';

const PROJECT = new URL('../../', import.meta.url);
const HASHES = /^\/node_modules\/@noble\/hashes\/\w+\.js$/;
const PAGE = `<!doctype html><title>modules</title>
<script type="importmap">{"imports":{"@noble/hashes/":"/node_modules/@noble/hashes/"}}</script>`;

/** A server on the loopback that gives a page and its modules, and nothing else. */
export interface ModuleServer {
  /** Address of the page. */
  readonly url: string;
  /** Paths that were asked for and refused. */
  readonly refused: readonly string[];
  close(): void;
}

/** Serves these files of the project, without their types, and the modules of @noble/hashes. @param files paths from its folder */
export async function serveModules(files: readonly string[]): Promise<ModuleServer> {
  const refused: string[] = [];
  const server = createServer(({ url: path = '' }, response) => {
    const isOurs = files.includes(path.slice(1));
    if (path === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    else if (isOurs || HASHES.test(path)) {
      const text = readFileSync(new URL(`.${path}`, PROJECT), 'utf8');
      response.writeHead(200, { 'content-type': 'text/javascript' });
      response.end(isOurs ? stripTypeScriptTypes(text) : text);
    } else {
      refused.push(path);
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/`, refused, close };
}
