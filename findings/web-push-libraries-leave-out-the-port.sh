#!/usr/bin/env bash
# The `aud` of a VAPID token is the origin of the push resource (RFC 8292, section 2), and an origin has a port unless
# it is the default one (RFC 6454, section 6.1). Push services that people run themselves often have one. Messages are
# encrypted with `aes128gcm` since RFC 8291 of 2017. Of six libraries, two name an origin without its port, which a
# strict service refuses, and two send the draft `aesgcm` unless told otherwise, with the salt and the key in headers.
# Two take TTL 0 (deliver now or not at all: RFC 8030, section 5.2) for no TTL, and messages stay for a minute or a day.
# A service, or its stand-in in a test, that only knows the RFCs gets no message from them.
#
# Each library makes a request for a push resource with a port, with TTL 0. Observed with web-push 3.6.7,
# @block65/webcrypto-web-push 2.0.0 and @pushforge/builder 2.0.5 of npm, pywebpush 2.5.0 and webpush 1.0.6 of PyPI, and
# nl.martijndwars:web-push 5.1.2 of Maven:
#   web-push: aud with port, aes128gcm, TTL 0
#   @block65/webcrypto-web-push: aud with port, aes128gcm, TTL 60
#   @pushforge/builder: aud with port, aesgcm, TTL 86400
#   pywebpush: aud with port, aes128gcm, TTL 0
#   webpush: aud without port, aes128gcm, TTL 0
#   nl.martijndwars: aud without port, aesgcm, TTL 0
# Needs a JDK (17 or newer), Maven, python3 with venv, node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund web-push@3.6.7 @block65/webcrypto-web-push@2.0.0 \
  @pushforge/builder@2.0.5
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check pywebpush==2.5.0 webpush==1.0.6
cat > pom.xml << 'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>probe</groupId>
  <artifactId>probe</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>nl.martijndwars</groupId>
      <artifactId>web-push</artifactId>
      <version>5.1.2</version>
    </dependency>
    <dependency>
      <groupId>org.bouncycastle</groupId>
      <artifactId>bcprov-jdk18on</artifactId>
      <version>1.78.1</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars > maven.log 2>&1 || { tail -n 20 maven.log; exit 1; }

cat > keys.mjs << 'JS'
import { createECDH, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'

const [server, browser] = [createECDH('prime256v1'), createECDH('prime256v1')]
const text = bytes => bytes.toString('base64url')
const keys = {
  publicKey: text(server.generateKeys()),
  privateKey: text(server.getPrivateKey()).padStart(43, 'A'),
  p256dh: text(browser.generateKeys()),
  auth: text(randomBytes(16))
}
writeFileSync('keys.json', JSON.stringify(keys))
writeFileSync('keys.properties', Object.entries(keys).map(entry => entry.join('=')).join('\n'))
JS

cat > send.mjs << 'JS'
import { readFileSync } from 'node:fs'
import { buildPushPayload } from '@block65/webcrypto-web-push'
import { buildPushHTTPRequest } from '@pushforge/builder'
import webPush from 'web-push'

const { publicKey, privateKey, p256dh, auth } = JSON.parse(readFileSync('keys.json', 'utf8'))
const subscription = { endpoint: 'https://push.example:8443/send', expirationTime: null, keys: { p256dh, auth } }
const subject = 'mailto:operator@radio.example'
const print = (library, headers) => console.log(JSON.stringify([library, Object.fromEntries(new Headers(headers))]))

const vapidDetails = { subject, publicKey, privateKey }
print('web-push', webPush.generateRequestDetails(subscription, 'Hello', { vapidDetails, TTL: 0 }).headers)

const message = { data: 'Hello', options: { ttl: 0 } }
print('@block65/webcrypto-web-push', (await buildPushPayload(message, subscription, vapidDetails)).headers)

const point = Buffer.from(publicKey, 'base64url')
const [x, y] = [point.subarray(1, 33), point.subarray(33)].map(part => part.toString('base64url'))
const { headers } = await buildPushHTTPRequest({
  privateJWK: { kty: 'EC', crv: 'P-256', x, y, d: privateKey },
  message: { payload: 'Hello', options: { ttl: 0 }, adminContact: subject },
  subscription
})
print('@pushforge/builder', headers)
JS

cat > send.py << 'PYTHON'
import base64
import json
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pywebpush import webpush
from webpush import WebPush, WebPushSubscription

with open("keys.json") as file:
    keys = json.load(file)
endpoint = "https://push.example:8443/send"
subscription = {"endpoint": endpoint, "keys": {"p256dh": keys["p256dh"], "auth": keys["auth"]}}


class Session:
    def post(self, url, data=None, headers=None, **_):
        print(json.dumps(["pywebpush", {name.lower(): str(value) for name, value in headers.items()}]))
        return SimpleNamespace(status_code=201, text="", headers={})


webpush(
    subscription,
    "Hello",
    vapid_private_key=keys["privateKey"],
    vapid_claims={"sub": "mailto:operator@radio.example"},
    ttl=0,
    requests_session=Session(),
)

secret = int.from_bytes(base64.urlsafe_b64decode(keys["privateKey"] + "="), "big")
private = ec.derive_private_key(secret, ec.SECP256R1())
sender = WebPush(
    private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "operator@radio.example",
)
message = sender.get("Hello", WebPushSubscription.model_validate(subscription), ttl=0)
print(json.dumps(["webpush", {name.lower(): str(value) for name, value in message.headers.items()}]))
PYTHON

cat > Requests.java << 'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.io.FileReader;
import java.net.InetSocketAddress;
import java.security.Security;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import nl.martijndwars.webpush.Notification;
import nl.martijndwars.webpush.PushService;

public class Requests {
  public static void main(String[] arguments) throws Exception {
    Security.addProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider());
    Properties keys = new Properties();
    keys.load(new FileReader("keys.properties"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", exchange -> {
      String headers = exchange.getRequestHeaders().entrySet().stream()
        .map(header -> "\"%s\":\"%s\"".formatted(header.getKey().toLowerCase(), header.getValue().get(0)))
        .collect(Collectors.joining(",", "{", "}"));
      System.out.println("[\"nl.martijndwars\"," + headers + "]");
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(201, -1);
      exchange.close();
    });
    server.start();
    Notification message = Notification.builder()
      .endpoint("http://127.0.0.1:" + server.getAddress().getPort() + "/send")
      .userPublicKey(keys.getProperty("p256dh"))
      .userAuth(keys.getProperty("auth"))
      .payload("Hello")
      .ttl(0)
      .build();
    new PushService(
      keys.getProperty("publicKey"), keys.getProperty("privateKey"), "mailto:operator@radio.example").send(message);
    System.exit(0);
  }
}
JAVA

cat > compare.mjs << 'JS'
import { createInterface } from 'node:readline'

for await (const line of createInterface({ input: process.stdin })) {
  const [library, headers] = JSON.parse(line)
  const [token] = /ey[\w-]+\.[\w-]+\.[\w-]+/.exec(headers.authorization)
  const { aud } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
  const port = new URL(aud).port === '' ? 'without port' : 'with port'
  console.log(`${library}: aud ${port}, ${headers['content-encoding']}, TTL ${headers.ttl}`)
}
JS

node keys.mjs
javac -cp 'jars/*' Requests.java
{
  node send.mjs
  env/bin/python send.py
  java -cp 'jars/*:.' Requests 2> java.log
} | node compare.mjs | tee output
diff output - << 'TEXT'
web-push: aud with port, aes128gcm, TTL 0
@block65/webcrypto-web-push: aud with port, aes128gcm, TTL 60
@pushforge/builder: aud with port, aesgcm, TTL 86400
pywebpush: aud with port, aes128gcm, TTL 0
webpush: aud without port, aes128gcm, TTL 0
nl.martijndwars: aud without port, aesgcm, TTL 0
TEXT
