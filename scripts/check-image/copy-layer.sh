#!/bin/sh
# Implements COPY in its own mount name space: copies files from a folder, or from the layers of another stage, to a new
# layer.
#   copy-layer.sh sum SOURCE…          prints a checksum over names, modes and bytes
#   copy-layer.sh copy TARGET SOURCE…  copies; TARGET is a folder when it ends with a slash
# From the environment: FROM_LAYERS and FROM_MOUNT, or FROM_FOLDER; LAYERS, TOP, WORK and MOUNT as in in-layers.sh.
set -eu
umask 022

if [ -n "${FROM_LAYERS:-}" ]; then
  # overlayfs cannot mount a single layer, so an empty folder is added.
  mount -t overlay overlay -o "ro,lowerdir=$FROM_LAYERS:$FROM_MOUNT" "$FROM_MOUNT"
  FROM_FOLDER=$FROM_MOUNT
fi

what=$1
shift
if [ "$what" = sum ]; then
  cd "$FROM_FOLDER"
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf - "$@" | sha256sum | cut -c 1-64
  exit
fi

mount -t overlay overlay -o "lowerdir=$LAYERS,upperdir=$TOP,workdir=$WORK" "$MOUNT"
target=$MOUNT$1
shift
case $target in */) mkdir -p "$target" ;; *) mkdir -p "$(dirname "$target")" ;; esac
for source in "$@"; do
  if [ -d "$FROM_FOLDER/$source" ]; then
    mkdir -p "$target"
    cp -a --no-preserve=ownership "$FROM_FOLDER/$source/." "$target"
  else
    cp -a --no-preserve=ownership "$FROM_FOLDER/$source" "$target"
  fi
done
