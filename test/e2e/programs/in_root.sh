#!/bin/sh
# Runs a command in a root file system, with mounts and pids of its own: in_root.sh ROOT FOLDER... -- COMMAND... The folders
# are there under their own paths.
set -eu
if [ "$1" != inside ]; then
  exec unshare --mount --pid --fork --kill-child "$0" inside "$@"
fi

root=$2
shift 2
mount -t tmpfs tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
while [ "$1" != -- ]; do
  mkdir -p "$root$1"
  mount --bind "$1" "$root$1"
  shift
done
shift
exec chroot "$root" "$@"
