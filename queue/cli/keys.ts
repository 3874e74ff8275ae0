import { existsSync } from 'node:fs';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { type ApiKey, ApiKeyFile, SCOPES, type Scope } from '../store/api-key-file.ts';
import { oneOf, parseCommandLine, required, wholeNumber } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';
import { renderTable } from './table.ts';

const ACTIONS = ['create', 'list', 'revoke'] as const;

/** `proofbook keys create|list|revoke --data DIR`: the API keys of a service, whether it runs or not. */
export async function runKeys(args: readonly string[], output: Output): Promise<number> {
  const { values, positionals } = parseCommandLine(
    args,
    {
      data: { type: 'string' },
      name: { type: 'string', default: '' },
      scope: { type: 'string', multiple: true, default: ['read'] },
      'requests-per-minute': { type: 'string', default: '60000' },
      'commands-per-day': { type: 'string', default: '1000000000' },
      json: { type: 'boolean', default: false },
    },
    true,
  );
  const action = oneOf('ACTION', required('ACTION', positionals[0]), ACTIONS);
  const root = required('--data', values.data);
  if (!existsSync(root)) {
    throw new ProofbookError('FILE_UNREADABLE', { path: root, reason: 'there is no such directory' });
  }
  const file = new ApiKeyFile(root);
  const say = (value: object, text: string): void =>
    output.result(values.json ? JSON.stringify(value) : text);
  switch (action) {
    case 'create': {
      const { key, kept } = file.create({
        name: values.name,
        scopes: values.scope.map((scope): Scope => oneOf('--scope', scope, SCOPES)),
        requestsPerMinute: wholeNumber('--requests-per-minute', values['requests-per-minute'], 1, 1e9),
        commandsPerDay: wholeNumber('--commands-per-day', values['commands-per-day'], 1, 1e12),
      });
      say({ key, ...shown(kept) }, `${key}\nIt is shown once; only its hash is kept.`);
      return EXIT_CODES.success;
    }
    case 'list': {
      const keys = file.list().map(shown);
      say({ keys }, keysTable(keys));
      return EXIT_CODES.success;
    }
    case 'revoke': {
      const revoked = shown(file.revoke(required('KEY', positionals[1])));
      say(revoked, `key ${revoked.keyId} is revoked`);
      return EXIT_CODES.success;
    }
  }
}

/** A key as people may see it. */
function shown({ keyDigest: _keyDigest, ...key }: ApiKey) {
  return key;
}

function keysTable(keys: readonly ReturnType<typeof shown>[]): string {
  return renderTable(
    ['key', 'name', 'scopes', 'made', 'revoked'],
    keys.map(({ keyId, name, scopes, createdAtMs, revokedAtMs }) => [
      keyId,
      name,
      scopes.join(' '),
      new Date(createdAtMs).toISOString(),
      revokedAtMs === null ? '' : new Date(revokedAtMs).toISOString(),
    ]),
  );
}
