import { createRequire } from 'node:module';
import { fetchJspurefix } from '../oracles/fetch-jspurefix.ts';
import { JSPUREFIX } from '../oracles/oracle-cache.ts';

const SOH = 1;
const SESSION = 'jspurefix/data/session/test-initiator.json';

/** The parts of `jspurefix` that its own bench is made of; it has no types for them in one place. */
interface RivalParts {
  readonly ParseCase: new (
    name: string,
    options: { readonly config: unknown; readonly contents: string; readonly depth: string },
  ) => {
    setup(): void;
    readonly operationsPerInvocation: number;
    run(messages: number): number;
  };
  readonly SessionContainer: new () => {
    registerGlobal(level: string): void;
    makeSystem(session: unknown): Promise<{ resolve(token: unknown): Record<string, unknown> }>;
  };
  readonly configToken: unknown;
}

/**
 * The best FIX parser of npm that lists fields, as its own bench runs it: frame, checksum, fields by tag (`view`), no objects of them.
 * Returns what parses all of `text` once and says how many messages it found.
 */
export async function openRival(text: string): Promise<() => number> {
  fetchJspurefix();
  const load = createRequire(JSPUREFIX.entry);
  load('reflect-metadata');
  const parts: RivalParts = {
    ParseCase: load('jspurefix/dist/benchmark').ParseCase,
    SessionContainer: load('jspurefix/dist/runtime').SessionContainer,
    configToken: load('jspurefix/dist/runtime/di-tokens').DITokens.IJsFixConfig,
  };
  const description = load(SESSION);
  const session = { ...description, application: { ...description.application, dictionary: 'qf44' } };
  const container = new parts.SessionContainer();
  container.registerGlobal('error');
  const config = (await container.makeSystem(session)).resolve(parts.configToken);
  config.delimiter = SOH;
  const parse = new parts.ParseCase('fix', { config, contents: text, depth: 'view' });
  parse.setup();
  return () => parse.run(parse.operationsPerInvocation);
}
