import { readFileSync } from 'node:fs'
import type { RequestListener, Server as HttpServer, ServerOptions } from 'node:http'
import { createServer, Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { FastifyBaseLogger } from 'fastify'

/** Interval at which the files are read again. */
const checkIntervalMs = 60_000
/** A client that has opened a connection and sends nothing would keep a stopping server open. */
const handshakeTimeoutMs = 10_000

/** Paths of PEM files. Both may be in one file. */
export interface CertificateFiles {
  certificateFile: string
  keyFile: string
}

interface Certificate {
  cert: string
  key: string
}

/**
 * Reads a certificate and its key.
 * @throws Error when a file cannot be read, or they do not belong together
 */
function readCertificate({ certificateFile, keyFile }: CertificateFiles): Certificate {
  const certificate = { cert: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  createSecureContext(certificate)
  return certificate
}

/**
 * Creates an HTTPS server with a certificate from files.
 * @throws Error when the files cannot be used
 */
export function createHttpsServer(files: CertificateFiles, options: ServerOptions, handler: RequestListener): Server {
  return createServer({ ...options, ...readCertificate(files), handshakeTimeout: handshakeTimeoutMs }, handler)
}

/**
 * Takes a renewed certificate from its files without a restart. While the files cannot be used, the server keeps the
 * certificate that it has. Returns a function that ends this. A server without HTTPS has no certificate.
 */
export function followCertificate(
  server: HttpServer,
  files: CertificateFiles,
  logger: Pick<FastifyBaseLogger, 'info' | 'error'>,
  intervalMs = checkIntervalMs
): () => void {
  let used: Certificate | undefined
  function check(): void {
    if (!(server instanceof Server)) return
    try {
      const next = readCertificate(files)
      if (next.cert === used?.cert && next.key === used.key) return
      server.setSecureContext(next)
      if (used) logger.info('certificate of HTTPS renewed')
      used = next
    } catch (error) {
      logger.error({ err: error }, 'certificate of HTTPS cannot be used')
    }
  }
  check()
  const timer = setInterval(check, intervalMs).unref()
  return () => clearInterval(timer)
}
