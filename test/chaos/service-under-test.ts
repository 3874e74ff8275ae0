/** A service that is being hurt: how faults see its processes, kill it, stop it and start it. */
export interface ServiceUnderTest {
  readonly options: ServiceOptions;
  /** Of the process that writes the log; undefined while it does not run. */
  readonly pid: number | undefined;
  readonly workerPids: readonly number[];
  readonly hostPids: readonly number[];
  readonly redisPids: readonly number[];
  /** The prover hosts of one worker: where several workers run, those of the others have work of their own. */
  hostPidsOf(workerPid: number): readonly number[];
  /** From the next start on. */
  setEnvironment(change: NodeJS.ProcessEnv): void;
  /** Starts it unless it runs; resolves when it answers. @throws Error with its exit code when it ends instead */
  start(): Promise<void>;
  /** Starts a second one on the same directory. @returns how it was refused; undefined when it runs, and it was ended */
  startSecond(): Promise<string | undefined>;
  /** Ends the process that writes the log alone, as the kernel does. */
  kill(): Promise<void>;
  /** Asks it to end in order. @returns its exit code */
  stop(): Promise<number | null>;
  close(): void;
}

/** How a service under chaos is started. */
export interface ServiceOptions {
  /** Its data directory: that of its market where it may have several. */
  readonly data: string;
  readonly kind: 'fake' | 'app';
  readonly workerCount: number;
  readonly workerArguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}
