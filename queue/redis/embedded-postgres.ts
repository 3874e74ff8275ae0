import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { DEFAULT_SCHEMA, runMigrations } from 'bullmq';
import type { QueueBackend } from './queue-backend.ts';
import type { QueueEndpoint } from './queue-endpoint.ts';

// The broker and every worker hold a few connections each; PGlite runs one statement at a time whatever this is.
const CONNECTIONS_MAX = 64;

/**
 * PostgreSQL inside this process, for machines with no Redis. In memory: the queue holds nothing that the row store
 * cannot give again, and it ends with this process, so nothing can be left behind. Slower than Redis: a job is picked
 * up after 2 to 4 seconds.
 */
export class EmbeddedPostgres implements QueueBackend {
  readonly endpoint: QueueEndpoint;
  readonly description =
    'embedded PostgreSQL (PGlite): no REDIS_URL, and no redis-server or valkey-server on PATH';
  readonly #database: PGlite;
  readonly #server: PGLiteSocketServer;
  readonly #socketDirectory: string;

  /** Starts it with the queue's tables in place. */
  static async start(): Promise<EmbeddedPostgres> {
    const database = await PGlite.create();
    await runMigrations({
      query: async <Row>(text: string, parameters?: readonly unknown[]) => {
        if (parameters !== undefined) return database.query<Row>(text, [...parameters]);
        // Only `exec` takes several statements at once, which a migration is.
        const results = await database.exec(text);
        return { rows: (results.at(-1)?.rows ?? []) as Row[] };
      },
    });
    // One session serves every client, and it does not see the search_path that clients ask for on connecting.
    await database.exec(`SET search_path TO "${DEFAULT_SCHEMA}"`);
    // mkdtemp makes it mode 0700. The socket has the name that libpq and pg look for in a directory.
    const socketDirectory = mkdtempSync(join(tmpdir(), 'proofbook-postgres-'));
    const server = new PGLiteSocketServer({
      db: database,
      path: join(socketDirectory, '.s.PGSQL.5432'),
      maxConnections: CONNECTIONS_MAX,
    });
    await server.start();
    return new EmbeddedPostgres(database, server, socketDirectory);
  }

  private constructor(database: PGlite, server: PGLiteSocketServer, socketDirectory: string) {
    this.#database = database;
    this.#server = server;
    this.#socketDirectory = socketDirectory;
    this.endpoint = { backend: 'embedded-postgres', socketDirectory };
  }

  async close(): Promise<void> {
    await this.#server.stop();
    await this.#database.close();
    rmSync(this.#socketDirectory, { recursive: true, force: true });
  }
}
