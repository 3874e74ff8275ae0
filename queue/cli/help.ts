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
  proofbook verify FILE...                verify receipts and aggregates, each by itself
      --accept-fake       accept receipts that hold no proof
  proofbook audit --from-genesis DIR      replay the command log of DIR and compare it with every receipt
      --accept-fake       accept receipts that hold no proof
  proofbook audit --from-snapshot FILE --data DIR   the same, from a state file of export that a receipt proves
  proofbook audit --aggregate FILE --data DIR   replay the log and compare it with one aggregate, in place of receipts
  proofbook export --batch N --data DIR --out FILE   write the whole book after a batch, as JSON with its snapshot
      --accept-fake       accept receipts that hold no proof
  proofbook inclusion --order ID --data DIR   every transition of an order, with proofs under verified receipts
      --accept-fake       accept receipts that hold no proof
  proofbook serve --data DIR              HTTP interface, dashboard, broker and workers, until stopped
      --host ADDRESS --port N    where it listens (default 127.0.0.1 and 8787; port 0 takes a free one)
      --no-auth           ask nobody for an API key; on loopback only
      --workers N --kind app|stark   as of demo
      --market-id N --tick-size N --lot-size N   of a new data directory (default 1)
      --seal-commands N --seal-after-ms N   when a batch is sealed (default 1000 commands or 1000 ms)
      --open-batches N    batches that may wait for proofs (default 10000)
      --requests-per-minute N   of one API key or address (default 60000)
  proofbook keys create --data DIR --scopes submit,read,admin --name NAME
  proofbook keys list --data DIR          every key, without its secret
  proofbook keys revoke --data DIR --key-id ID
  proofbook aggregate --data DIR --out FILE   prove consecutive batches as one run, in one proof
      --first N --last M  the batches (default all; 256 at most)
      --host FILE         prover host binary
  proofbook worker --data DIR             prove jobs of a running broker until stopped
      --memory-limit N    bytes that one proof may use
      --timeout-s N       longest time of one proof in seconds (default 3600)
      --host FILE         prover host binary
  proofbook help

Every command takes --json: one JSON object on stdout, whatever happens. Exit codes: docs/exit-codes.md.`;
