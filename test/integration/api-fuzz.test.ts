import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { packedOrders, RunningService } from '../support/running-service.ts';
import { runSchemathesis, SKIPS_SCHEMATHESIS } from '../support/schemathesis.ts';
import { SEED } from '../support/seed.ts';

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
  'negative_data_rejection',
  'ignored_auth',
  'unsupported_method',
];
const EXAMPLES_MAX = 20;

describe.skipIf(SKIPS_SCHEMATHESIS)('requests made from the OpenAPI document', () => {
  test('find no fault of the service and no answer that the document does not have', async () => {
    const service = await RunningService.start({
      args: ['--kind', 'fake', '--allow-fake', '--workers', '1', '--log-level', 'error'],
    });
    try {
      const args = ['--scope', 'admin', '--requests-per-minute', '1000000', '--json'];
      const { stdout } = await runCli(['keys', 'create', '--data', service.root, ...args]);
      const authorization = `Bearer ${(JSON.parse(stdout) as { key: string }).key}`;
      await service.post('/v1/markets/1/batches', packedOrders(1, 20), { authorization });
      const { exitCode, output } = await runSchemathesis([
        `${service.url}/openapi.json`,
        ...['--header', `Authorization: ${authorization}`],
        ...['--checks', CHECKS.join(',')],
        ...['--max-examples', String(EXAMPLES_MAX)],
        ...['--seed', String(SEED)],
        // A stream of events has no end.
        ...['--exclude-path-regex', '/events$'],
        ...['--generation-database', 'none', '--no-color'],
      ]);
      expect(output).toMatch(/\d+ generated/);
      expect([exitCode, exitCode === 0 ? '' : output]).toEqual([0, '']);
      expect((await service.get('/ready')).body).toEqual({ ready: true, faults: [] });
    } finally {
      await service.stop('SIGKILL');
      service.remove();
    }
  }, 300_000);
});
