#!/bin/sh
# Prints what compose.yaml has to know of this machine, with new secrets, for a file named .env beside it:
#   umask 077; scripts/compose-env.sh radio.example.org 203.0.113.7 > .env
# A second run makes other secrets: everybody is signed out, and MongoDB keeps the password it was made with.
set -eu

if [ $# -ne 2 ]; then
  echo "Usage: $0 HOST ADDRESS: the name people reach the server by, and the address their media can reach" >&2
  exit 2
fi

# Letters and digits alone: the password stands in a URL, the others in lists.
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

cat << END
AMBIENT_HOST=$1
MEDIA_ANNOUNCED_ADDRESS=$2

# tls.crt (with its chain) and tls.key; and what a client of a certificate authority puts under .well-known/acme-challenge/.
AMBIENT_TLS=./tls
AMBIENT_ACME=./acme

JWT_KEYS=first:$(secret)
TOKEN_KEYS=first:$(secret)
MONGODB_PASSWORD=$(secret)

# One way to sign in at the least: an OpenID Connect provider, or Spotify; guests only listen.
OIDC_ISSUER=
OIDC_CLIENT_ID=
OIDC_CLIENT_SECRET=
SPOTIFY_CLIENT_ID=
SPOTIFY_CLIENT_SECRET=
AUTH_GUESTS=off

# A relay for people behind strict networks is started by COMPOSE_PROFILES=turn, and told to clients by
# TURN_URLS=turn:$1:3478?transport=udp,turn:$1:3478?transport=tcp
COMPOSE_PROFILES=
TURN_URLS=
TURN_SECRET=$(secret)
# Where this machine has another address than its public one: PUBLIC/PRIVATE.
COTURN_EXTERNAL=
END
