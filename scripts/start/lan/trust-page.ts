import { createServer, type Server } from 'node:http'

/** The type by which phones offer to install a certificate. */
const certificateType = 'application/x-x509-ca-cert'
const certificatePath = '/ambient.crt'

export interface TrustPageParts {
  /** The certificate of the authority, DER. */
  certificate: Buffer
  fingerprint: string
  /** The address of the server. */
  url: string
}

/** Creates the server of the page that helps phones to trust the authority. It is reached by HTTP, before they do. */
export function createTrustPage(parts: TrustPageParts): Server {
  const page = trustPage(parts)
  return createServer((request, response) => {
    const { method, url } = request
    const path = (url ?? '').split('?')[0]
    const isRead = method === 'GET' || method === 'HEAD'
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    if (isRead && path === certificatePath) {
      response.writeHead(200, {
        'content-type': certificateType,
        'content-disposition': 'attachment; filename="ambient.crt"',
        'content-length': parts.certificate.length
      })
      response.end(method === 'HEAD' ? undefined : parts.certificate)
    } else if (isRead && path === '/') {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
      })
      response.end(method === 'HEAD' ? undefined : page)
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' })
      response.end('There is no such page.\n')
    }
  })
}

function trustPage({ fingerprint, url }: TrustPageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ambient on this network</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.1rem; margin-bottom: 0; }
ol { padding-left: 1.25rem; margin-top: 0.25rem; }
code { overflow-wrap: anywhere; }
.button { display: block; padding: 0.75rem; border-radius: 0.5rem; text-align: center; text-decoration: none;
  background: #5b3df5; color: #fff; font-weight: 600; }
a { color: inherit; }
</style>
</head>
<body>
<main>
<h1>Ambient on this network</h1>
<p>A browser gives the microphone only to a page that it trusts. Install the certificate of this server once, then open
Ambient. It is valid for addresses of local networks only.</p>
<h2>1. Install the certificate</h2>
<p><a class="button" href="${certificatePath}" download="ambient.crt">Download the certificate</a></p>
<h2>iPhone and iPad</h2>
<ol>
<li>Open this page in Safari, download the certificate, and allow it.</li>
<li>Open <b>Settings</b>, tap <b>Profile Downloaded</b>, then <b>Install</b>.</li>
<li>Open <b>Settings › General › About › Certificate Trust Settings</b> and turn it on.</li>
</ol>
<h2>Android</h2>
<ol>
<li>Download the certificate.</li>
<li>Open <b>Settings</b>, search for <b>CA certificate</b>, and tap <b>Install anyway</b>.</li>
<li>Choose <b>ambient.crt</b> in the downloads.</li>
</ol>
<h2>Computer</h2>
<ol>
<li>Download the certificate.</li>
<li>Add it to the authorities that your browser or system trusts, for websites.</li>
</ol>
<h2>2. Open Ambient</h2>
<p><a class="button" href="${url}">Open ${url}</a></p>
<p>To listen only, you can also open it without the certificate and accept the warning.</p>
<h2>Is it the right certificate?</h2>
<p>The terminal of the server shows the same fingerprint (SHA-256):<br><code>${fingerprint}</code></p>
</main>
</body>
</html>
`
}
