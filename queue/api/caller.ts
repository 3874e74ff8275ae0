import type { FastifyRequest } from 'fastify';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { ApiKeys, ApiScope } from '../store/api-keys.ts';

const BEARER = /^Bearer (\S+)$/;
const ANYBODY = 'anybody';

/**
 * Who sends a request: the id of its key.
 *
 * @param keys undefined where no key is asked for
 * @throws API_KEY_MISSING, API_KEY_REFUSED, SCOPE_MISSING
 */
export function callerOf(request: FastifyRequest, keys: ApiKeys | undefined, scope: ApiScope): string {
  if (keys === undefined) return ANYBODY;
  const { authorization } = request.headers;
  const presented = BEARER.exec(authorization ?? '')?.[1];
  if (presented === undefined) {
    const value = authorization === undefined ? 'absent' : 'no Bearer';
    throw new ProofbookError('API_KEY_MISSING', { field: 'Authorization', value });
  }
  const key = keys.find(presented);
  if (key === undefined) throw new ProofbookError('API_KEY_REFUSED', { field: 'Authorization' });
  if (!key.scopes.includes(scope))
    throw new ProofbookError('SCOPE_MISSING', { value: key.scopes.join(' '), expected: scope });
  return key.keyId;
}
