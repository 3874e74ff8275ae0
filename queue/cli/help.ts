/** What `proofbook help` prints. */
export const HELP = `proofbook: an order book whose every batch is proven

  proofbook demo [options]                make orders, match them, prove every batch, verify every proof
      --seed S            seed of the made order flow, a u64 (default 1)
      --input lobster:FILE   take a LOBSTER message file instead
      --orders N|all      commands in all (default 200, or the whole file)
      --batch-size N      commands in a batch, 1 .. 1024 (default 100)
      --kind app|stark    proof kind (default app)
      --workers N         prove workers (default 1)
      --data DIR          where everything is kept (default a new directory under .proofbook/)
  proofbook verify FILE...                verify receipts, each by itself
      --accept-fake       accept receipts that hold no proof
  proofbook audit --from-genesis DIR      replay the command log of DIR and compare it with every receipt
      --accept-fake       accept receipts that hold no proof
  proofbook audit --from-snapshot FILE --data DIR   the same, from a state file of export that a receipt proves
  proofbook export --batch N --data DIR --out FILE   write the whole book after a batch, as JSON with its snapshot
      --accept-fake       accept receipts that hold no proof
  proofbook inclusion --order ID --data DIR   every transition of an order, with proofs under verified receipts
      --accept-fake       accept receipts that hold no proof
  proofbook worker --data DIR             prove jobs of a running broker until stopped
      --memory-limit N    bytes that one proof may use
      --timeout-s N       longest time of one proof in seconds (default 3600)
      --host FILE         prover host binary
  proofbook top --file F [--once]         show what a running pipeline measures (docs/telemetry-layout.md)
  proofbook doctor [--redis URL]          how this machine is set for low latency, and what that costs (docs/tuning.md)
  proofbook help

Every command takes --json: one JSON object on stdout, whatever happens. Exit codes: docs/exit-codes.md.`;
