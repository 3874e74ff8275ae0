import type { ApiServer } from './context.ts';

/** The methods that a server's paths take, from its routes: what the `Allow` header of a 405 names. */
export class AllowedMethods {
  readonly #paths = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  /** Learns every route that is added to the server from now on. */
  watch(server: ApiServer): void {
    server.addHook('onRoute', ({ url, method }) => {
      const known = this.#paths.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
      this.#paths.set(url, known);
      for (const one of [method].flat()) known.methods.add(one);
    });
  }

  /** The methods of a path, in alphabetical order; none when nothing is there. @param url of a request, with its query */
  of(url: string): readonly string[] {
    const [path = ''] = url.split('?');
    const found = [...this.#paths.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].toSorted();
  }
}

/** A parameter is one part of a path, a star any rest of it. */
function patternOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part).replaceAll('\\*', '.*')));
  return new RegExp(`^${parts.join('/')}$`);
}
