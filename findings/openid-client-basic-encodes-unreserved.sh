#!/usr/bin/env bash
# openid-client 6.9.0 (through oauth4webapi 3.8.8) percent-encodes `-`, `_`, `.`, `!`, `~`, `*`, `'`, `(` and `)` of the
# client id and secret in the Authorization header of client_secret_basic.
#
# RFC 6749, section 2.3.1, asks for application/x-www-form-urlencoded, whose serializer in the WHATWG URL standard
# (URLSearchParams in Node.js) leaves `-`, `_`, `.` and `*` as they are. A provider that decodes gets the same secret. For
# one that does not, every id or secret with a dash, such as a UUID, is another one.
#
# Prints the decoded header of both forms. Needs node (20 or newer) and npm. Exits with 1 when the output differs.
# Observed with Node.js 20 and 24:
#   openid-client: my%2Dclient:a%2Dsecret%5F1%2E2
#   URLSearchParams: my-client:a-secret_1.2
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent openid-client@6.9.0 oauth4webapi@3.8.8

cat > probe.mjs <<'JS'
import { ClientSecretBasic } from 'openid-client'
const [id, secret] = ['my-client', 'a-secret_1.2']
const headers = new Headers()
await ClientSecretBasic(secret)({ issuer: 'https://id.example' }, { client_id: id }, new URLSearchParams(), headers)
console.log(`openid-client: ${atob(headers.get('authorization').slice('Basic '.length))}`)
const form = text => new URLSearchParams({ '': text }).toString().slice(1)
console.log(`URLSearchParams: ${form(id)}:${form(secret)}`)
JS

observed=$(node probe.mjs)
echo "$observed"
[ "$observed" = "openid-client: my%2Dclient:a%2Dsecret%5F1%2E2
URLSearchParams: my-client:a-secret_1.2" ]
