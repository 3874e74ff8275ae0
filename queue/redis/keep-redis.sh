#!/bin/sh
# Runs a private Redis that cannot outlive us. Our stdin is a pipe whose other end only our parent holds: it ends when the
# parent closes it, exits, or is killed in any way. Then Redis is stopped and the socket's directory is removed.
# When Redis ends by itself, this ends too and leaves the directory: the parent may start us again.
#
# usage: keep-redis.sh SERVER SOCKET_DIRECTORY DATA_DIRECTORY
set -u
server=$1
socket_directory=$2
data_directory=$3
closing=$socket_directory/closing

# Where the kernel can tell Redis of this shell's own death (Linux, util-linux), it does: then even SIGKILL of the shell
# leaves nothing behind. KILL and not TERM: a Redis that shuts down would remove the socket of the one that follows it.
with_parent=
if command -v setpriv >/dev/null 2>&1 && setpriv --pdeathsig KILL true >/dev/null 2>&1; then
  with_parent='setpriv --pdeathsig KILL'
fi

$with_parent "$server" --port 0 --unixsocket "$socket_directory/redis.sock" --unixsocketperm 700 \
  --dir "$data_directory" --appendonly yes --appendfsync everysec --save '' --maxmemory-policy noeviction \
  --daemonize no --loglevel notice --logfile "$data_directory/redis.log" </dev/null >/dev/null 2>&1 &
redis=$!

# A background job's stdin is /dev/null in sh, so the pipe is handed over by another number.
exec 3<&0 </dev/null
{
  while read -r _ <&3; do :; done
  : >"$closing"
  kill -TERM "$redis" 2>/dev/null
  while kill -0 "$redis" 2>/dev/null; do sleep 0.05; done
  rm -rf "$socket_directory"
} &
watcher=$!
exec 3<&-

wait "$redis"
status=$?
if [ -e "$closing" ]; then wait "$watcher"; else kill "$watcher" 2>/dev/null; fi
exit "$status"
