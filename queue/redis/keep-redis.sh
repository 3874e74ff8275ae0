#!/bin/sh
# Runs a private Redis that cannot outlive us. Our stdin is a pipe whose other end only our parent holds: it ends when the
# parent closes it, exits, or is killed in any way. Then Redis is stopped and the socket's directory is removed.
#
# usage: keep-redis.sh SERVER SOCKET_DIRECTORY DATA_DIRECTORY
set -u
server=$1
socket_directory=$2
data_directory=$3

# Where the kernel can tell Redis of this shell's own death (Linux, util-linux), it does: then even SIGKILL of the shell
# leaves nothing behind.
with_parent=
if command -v setpriv >/dev/null 2>&1 && setpriv --pdeathsig TERM true >/dev/null 2>&1; then
  with_parent='setpriv --pdeathsig TERM'
fi

$with_parent "$server" --port 0 --unixsocket "$socket_directory/redis.sock" --unixsocketperm 700 \
  --dir "$data_directory" --appendonly yes --appendfsync everysec --save '' --maxmemory-policy noeviction \
  --daemonize no --loglevel notice --logfile "$data_directory/redis.log" </dev/null >/dev/null 2>&1 3<&- &
redis=$!

# A background job's stdin is /dev/null in sh, so the pipe is handed over by another number.
exec 3<&0 </dev/null
{
  while read -r _ <&3; do :; done
  kill -TERM "$redis" 2>/dev/null
} &
watcher=$!
exec 3<&-

wait "$redis"
status=$?
kill "$watcher" 2>/dev/null
rm -f "$socket_directory/redis.sock"
# With the parent gone nobody else will.
rmdir "$socket_directory" 2>/dev/null
exit "$status"
