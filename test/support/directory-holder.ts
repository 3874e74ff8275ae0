import { DirectoryLock } from '../../queue/store/directory-lock.ts';

// A program that takes the lock of the directory that its argument names, says so, and waits.

const lock = DirectoryLock.acquire(process.argv[2] ?? '');
process.stdout.write('held\n');
process.stdin.once('end', () => lock.release()).resume();
