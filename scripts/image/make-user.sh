#!/bin/sh
# The user the server runs as, with a number of its own that no Debian package takes, and the one folder it may write to.
set -eu
readonly id=10001
groupadd --gid "$id" ambient
useradd --uid "$id" --gid "$id" --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ambient
install -d -o "$id" -g "$id" -m 0700 /data
# Nobody in here has to become somebody else.
find / -xdev -type f -perm /6000 -exec chmod a-s {} +
