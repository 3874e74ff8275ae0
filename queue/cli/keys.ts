import { ProofbookError } from '../../engine/proofbook-error.ts';
import { API_SCOPES, type ApiKey, type ApiScope } from '../store/api-keys.ts';
import { DataDirectory } from '../store/data-directory.ts';
import { oneOf, parseCommandLine, required } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';

const ACTIONS = ['create', 'list', 'revoke'] as const;

/** `proofbook keys create|list|revoke`: the API keys of a service. A key is shown once, when it is made. */
export async function runKeys(args: readonly string[], output: Output): Promise<number> {
  const { values, positionals } = parseCommandLine(
    args,
    {
      data: { type: 'string' },
      name: { type: 'string', default: '' },
      scopes: { type: 'string', default: 'submit,read' },
      'key-id': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
    true,
  );
  const action = oneOf('action', positionals[0] ?? '', ACTIONS);
  const directory = new DataDirectory(required('--data', values.data));
  try {
    const { apiKeys } = directory;
    if (action === 'create') {
      const scopes = scopesOf(values.scopes);
      const made = apiKeys.create(values.name, scopes);
      output.result(values.json ? JSON.stringify({ ...made, scopes }) : made.key);
    } else if (action === 'list') {
      const keys = apiKeys.list();
      output.result(values.json ? JSON.stringify({ keys }) : keys.map(lineOf).join('\n'));
    } else {
      const keyId = required('--key-id', values['key-id']);
      if (!apiKeys.revoke(keyId)) {
        throw new ProofbookError('USAGE', {
          field: '--key-id',
          value: keyId,
          reason: 'no such key is in use',
        });
      }
      output.result(values.json ? JSON.stringify({ revoked: keyId }) : `${keyId} is revoked`);
    }
  } finally {
    directory.close();
  }
  return EXIT_CODES.success;
}

function scopesOf(text: string): readonly ApiScope[] {
  return text.split(',').map((scope) => oneOf('--scopes', scope, API_SCOPES));
}

function lineOf({ keyId, name, scopes, createdAtMs, revokedAtMs }: ApiKey): string {
  const state = revokedAtMs === undefined ? 'in use' : `revoked ${new Date(revokedAtMs).toISOString()}`;
  return `${keyId}  ${scopes.join(',')}  ${state}  made ${new Date(createdAtMs).toISOString()}  ${name}`;
}
