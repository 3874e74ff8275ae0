import { once } from 'node:events';
import type { Server } from 'node:net';
import { messageOf } from '../../../../engine/message-of.ts';
import { ProofbookError } from '../../../../engine/proofbook-error.ts';

/** Resolves when the server listens. @param port 0 takes a free one @throws GATEWAY_UNAVAILABLE */
export async function listenOn(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new ProofbookError(
      'GATEWAY_UNAVAILABLE',
      { host, port, reason: messageOf(error) },
      { cause: error },
    );
  }
}
