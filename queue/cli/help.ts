/** What `proofbook help` prints. */
export const HELP = `proofbook: an order book whose every batch is proven

  proofbook demo [options]                make orders, match them, prove every batch, verify every proof
      --seed S            seed of the made order flow, a u64 (default 1)
      --input lobster:FILE | itch:FILE:SYMBOL   take a LOBSTER message file, or one symbol of a NASDAQ ITCH 5.0 file
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
  proofbook worker --data DIR             prove jobs of a running broker until stopped
      --memory-limit N    bytes that one proof may use
      --timeout-s N       longest time of one proof in seconds (default 3600)
      --heartbeat-lost-s N   take over the job of a worker that was silent for so long (default 60)
      --recycle-after N   end with exit code 75 after N jobs, for a fresh process to follow
      --cpus LIST         cores of the prover host, like 0-3,6 (taskset)
      --numa N            cores and memory of a NUMA node for it (numactl)
      --host FILE         prover host binary
      --allow-fake        no prover but the stand-in, for jobs of kind fake: they hold no proof
  proofbook jobs list|prune|pause|resume --data DIR   see jobs, forget old history, stop or go on handing out jobs
      --state S           list the jobs of one state only
      --older-than-days N prune the history of jobs proven longer ago (default 30)
  proofbook jobs cancel|requeue JOB --data DIR   end an open job; ask again for one that is parked
      --reason TEXT       kept with the change
  proofbook serve --data DIR [options]    markets, queue, workers and their HTTP API, until stopped
      --host H --port N   where to listen (default 127.0.0.1 8787; port 0 takes any)
      --market ID         a market to start unless it is there; may be given again (default 1)
      --kind app|stark    proof kind (default app); fake with --allow-fake
      --workers N         prove workers for each market (default 1)
      --batch-size N      records after which a batch is sealed (default 1024)
      --batch-age-ms N    milliseconds after which it is sealed (default 1000)
      --open-jobs N       jobs that may be open before commands are refused (default 10000)
      --no-auth           ask for no API key; on loopback only
      --log-level L --log-file FILE   JSON log lines (default info, stderr)
  proofbook keys create|list|revoke --data DIR   API keys of a service
      --name TEXT --scope submit|read|admin      of a new key; scope may be given again
      --requests-per-minute N --commands-per-day N   what it may use
  proofbook gateway --file F               commands over TCP and orders over FIX into one engine, until stopped (docs/gateways.md)
  proofbook top --file F [--once]         show what a running pipeline measures (docs/telemetry-layout.md)
  proofbook doctor [--redis URL]          how this machine is set for low latency, and what that costs (docs/tuning.md)
  proofbook help

Every command takes --json: one JSON object on stdout, whatever happens. Exit codes: docs/exit-codes.md.`;
