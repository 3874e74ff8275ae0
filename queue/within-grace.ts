/** Waits for the end of `work`, well or not, but no longer than this: a client of a server that is gone would wait for ever. */
export async function withinGrace(work: Promise<unknown>, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((settle) => {
    timer = setTimeout(settle, graceMs);
  });
  await Promise.race([work.catch(() => undefined), grace]);
  clearTimeout(timer);
}
