/** One event of a market. */
export interface ClientEvent {
  /** Behind it a later reading goes on. */
  readonly id: string;
  readonly name: 'batch' | 'job' | 'depth' | 'trade';
  readonly data: unknown;
}

/** Reads server-sent events from an answer until it ends. Comments and `retry` lines are skipped. */
export async function* readEvents(response: Response): AsyncGenerator<ClientEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== undefined) yield event;
    }
  }
}

function eventOf(block: string): ClientEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return {
    id: fields.get('id') ?? '',
    name: fields.get('event') as ClientEvent['name'],
    data: JSON.parse(data) as unknown,
  };
}
