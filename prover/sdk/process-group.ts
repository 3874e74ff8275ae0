const liveGroups = new Set<number>();
let isListening = false;

/** Kills every process of the group that `leaderPid` leads; a group that is gone already is fine. */
export function killGroup(leaderPid: number): void {
  try {
    process.kill(-leaderPid, 'SIGKILL');
  } catch (error) {
    // ESRCH: it is gone. EPERM: macOS says so of a group in which only zombies are left.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

/**
 * Makes sure the group dies when this process exits by itself. (When this process is killed, its end of the child's
 * stdin closes and the host leaves on its own.) Returns the function that forgets the group once it is gone.
 */
export function killGroupAtExit(leaderPid: number): () => void {
  if (!isListening) {
    isListening = true;
    process.on('exit', () => {
      for (const pid of liveGroups) killGroup(pid);
    });
  }
  liveGroups.add(leaderPid);
  return () => {
    liveGroups.delete(leaderPid);
  };
}
