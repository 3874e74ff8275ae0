import { FixScanner, SCAN } from '../../queue/runtime/gateways/fix/fix-scanner.ts';
import { JSPUREFIX } from '../oracles/oracle-cache.ts';
import { fixText } from '../support/fix-text.ts';
import { type Figures, median } from './bench-result.ts';
import { openRival } from './fix-rival.ts';

const MESSAGES = 2000;
const ROUNDS = 7;
const PASSES = 250;
const RIVAL_PASSES = 25;
const TIME = '20260101-12:30:00.123';
const ORDER_QTY = 38;
const CL_ORD_ID = 11;

/**
 * FIX messages from the socket's bytes to listed fields, with checksum, on one core; of each message a text and a number are looked up. The
 * rival parses the same bytes in the same run, round by round in turn. Orders, replacements, cancels and reports as a venue sees them.
 */
export async function fixBench(): Promise<Figures> {
  const text = Array.from({ length: MESSAGES }, (_, index) => messageOf(index)).join('');
  const bytes = Buffer.from(text, 'latin1');
  const rival = await openRival(text);
  if (rival() !== MESSAGES) throw new Error('the rival does not find every message');
  const scanners = { simd: new FixScanner('simd'), scalar: new FixScanner('scalar') };
  const simd = () => scanAll(scanners.simd, bytes);
  const scalar = () => scanAll(scanners.scalar, bytes);
  const rates = { simd: [] as number[], scalar: [] as number[], rival: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    const measured = {
      simd: rateOf(simd, PASSES),
      scalar: rateOf(scalar, PASSES),
      rival: rateOf(rival, RIVAL_PASSES),
    };
    // The first round warms up.
    if (round === 0) continue;
    for (const name of ['simd', 'scalar', 'rival'] as const) rates[name].push(measured[name]);
  }
  return {
    messages_per_second: median(rates.simd),
    scalar_messages_per_second: median(rates.scalar),
    best_npm_messages_per_second: median(rates.rival),
    ratio_vs_best_npm: median(rates.simd) / median(rates.rival),
    best_npm: `jspurefix ${JSPUREFIX.version}`,
    mean_message_bytes: bytes.length / MESSAGES,
  };
}

function rateOf(parse: () => number, passes: number): number {
  const startedMs = performance.now();
  let messages = 0;
  for (let pass = 0; pass < passes; pass++) messages += parse();
  return (messages / (performance.now() - startedMs)) * 1000;
}

/** As a socket gives them: as much at once as the buffer has room for. */
function scanAll(scanner: FixScanner, bytes: Buffer): number {
  let messages = 0;
  let lots = 0;
  for (let taken = 0; taken < bytes.length; ) {
    scanner.compact();
    const count = bytes.copy(scanner.bytes, scanner.free, taken);
    taken += count;
    scanner.filled(count);
    while (scanner.next() === SCAN.complete) {
      messages += 1;
      const quantity = scanner.find(ORDER_QTY);
      if (scanner.find(CL_ORD_ID) > 0 && quantity > 0) lots += scanner.numberAt(quantity);
    }
  }
  if (messages !== MESSAGES || lots === 0) throw new Error('the scanner does not find every message');
  return messages;
}

function messageOf(index: number): string {
  const head = `49=CLIENT|56=VENUE|34=${index + 1}|52=${TIME}|`;
  const terms = `55=TEST|54=${1 + (index % 2)}|60=${TIME}|38=${1 + (index % 1000)}|40=2|44=${100 + (index % 50)}.50|59=1|`;
  const bodies = [
    `35=D|${head}11=order-${index}|${terms}`,
    `35=D|${head}11=order-${index}|1=17|21=1|${terms}`,
    `35=G|${head}11=change-${index}|41=order-${index}|${terms}`,
    `35=F|${head}11=cancel-${index}|41=order-${index}|55=TEST|54=1|60=${TIME}|38=10|`,
    `35=8|${head}37=${index * 4096}|11=order-${index}|17=${index}|150=F|39=1|${terms}32=5|31=100.50|151=5|14=5|6=100.5|`,
  ];
  const body = bodies[index % bodies.length] ?? '';
  return fixText(
    body
      .slice(0, -1)
      .split('|')
      .map((field) => [Number(field.slice(0, field.indexOf('='))), field.slice(field.indexOf('=') + 1)]),
  );
}
