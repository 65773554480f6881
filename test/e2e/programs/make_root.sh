#!/bin/sh
# Makes a root file system of a Debian release, with programs of the matrix in it: make_root.sh RELEASE DIRECTORY. Does nothing
# if it is there. The packages come from where the machine's own come from.
set -eu
release=$1 directory=$2
packages=python3,openssl,curl,wget,nginx-light,nodejs

mkdir -p "$(dirname "$directory")"
exec 9>"$directory.lock"
flock 9
[ ! -e "$directory" ] || exit 0
own=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(RELEASE) $(SITE)' 'Created-By: Packages' |
  awk -v own="$own" '$1 == own {print $2; exit}')
rm -rf "$directory.new"
mmdebstrap --quiet --variant=minbase --include="$packages" "$release" "$directory.new" "$mirror" >&2
echo "127.0.0.1 localhost" >"$directory.new/etc/hosts"
mv "$directory.new" "$directory"
