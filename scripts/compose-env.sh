#!/bin/sh
# Prints the settings of this machine for compose.yaml, with new secrets. Write them to a file named .env next to it:
#   umask 077; scripts/compose-env.sh radio.example.org 203.0.113.7 > .env
# A second run generates other secrets: it signs everybody out, and MongoDB keeps its old password.
set -eu

if [ $# -ne 2 ]; then
  echo "Usage: $0 HOST ADDRESS: the server's host name, and the address to which clients send media" >&2
  exit 2
fi

# Only letters and digits, because the password is part of a URL and the others are part of lists.
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

cat << END
AMBIENT_HOST=$1
MEDIA_ANNOUNCED_ADDRESS=$2

# The folder of tls.crt (with its chain) and tls.key, and the folder of an ACME client for .well-known/acme-challenge/.
AMBIENT_TLS=./tls
AMBIENT_ACME=./acme

JWT_KEYS=first:$(secret)
TOKEN_KEYS=first:$(secret)
MONGODB_PASSWORD=$(secret)
# For compose.cluster.yaml.
REDIS_PASSWORD=$(secret)

# At least one way to sign in is required: an OpenID Connect provider or Spotify. With AUTH_GUESTS=on, people with a
# link to a show can listen without one.
OIDC_ISSUER=
OIDC_CLIENT_ID=
OIDC_CLIENT_SECRET=
SPOTIFY_CLIENT_ID=
SPOTIFY_CLIENT_SECRET=
AUTH_GUESTS=off

# Push messages: the private key that \`npx web-push generate-vapid-keys\` prints, and how push services reach you.
# PUSH_VAPID_KEY=
# PUSH_CONTACT=mailto:operator@$1

# COMPOSE_PROFILES=turn starts a TURN server for clients in strict networks. Clients use it with
# TURN_URLS=turn:$1:3478?transport=udp,turn:$1:3478?transport=tcp
COMPOSE_PROFILES=
TURN_URLS=
TURN_SECRET=$(secret)
# When the public address of this machine differs from its own address: PUBLIC/PRIVATE.
COTURN_EXTERNAL=
END
