#!/bin/sh
# Runs a command where layers of files lie over one another, in name spaces of its own: every mount and process ends with it.
# From the environment: LAYERS (folders, topmost first, joined by colons), TOP (where changes go; empty: nothing can be changed), WORK and
# MOUNT (empty folders, on one file system with TOP), LENT (a folder seen at /mnt), DATA (seen at DATA_AT; only with a read-only root).
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
