#!/bin/sh
# Creates the user of the server, with an id that no Debian package uses, and the only folder that it may write to.
set -eu
readonly id=10001
groupadd --gid "$id" ambient
useradd --uid "$id" --gid "$id" --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ambient
install -d -o "$id" -g "$id" -m 0700 /data
# No process in the image needs to change its user.
find / -xdev -type f -perm /6000 -exec chmod a-s {} +
