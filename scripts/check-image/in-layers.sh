#!/bin/sh
# Runs a command over layers of files, in its own name spaces: all its mounts and processes end with it.
# Environment: LAYERS (folders, topmost first, separated by colons), TOP (the folder for changes; empty: read-only),
# WORK and MOUNT (empty folders on the file system of TOP), LENT (a folder mounted at /mnt), DATA (a folder mounted at
# DATA_AT; only with a read-only root).
#   in-layers.sh COMMAND…
set -eu

if [ -n "${TOP:-}" ]; then
  mount -t overlay overlay -o "lowerdir=$LAYERS,upperdir=$TOP,workdir=$WORK" "$MOUNT"
else
  mount -t overlay overlay -o "ro,lowerdir=$LAYERS" "$MOUNT"
  mount -t tmpfs -o mode=1777 tmpfs "$MOUNT/tmp"
fi
mount -t proc proc "$MOUNT/proc"
mount --rbind /dev "$MOUNT/dev"
mount --bind /etc/resolv.conf "$MOUNT/etc/resolv.conf"
mount --bind "$LENT" "$MOUNT/mnt"
[ -z "${DATA:-}" ] || mount --bind "$DATA" "$MOUNT$DATA_AT"
exec chroot "$MOUNT" /usr/bin/env -i "$@"
