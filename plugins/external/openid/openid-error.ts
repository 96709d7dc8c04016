import { ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client'

const unauthorized = 401

/**
 * A request to an OpenID provider failed. This error is safe to log. The error of the library is not: it holds answers,
 * which may contain tokens.
 */
export class OpenIdError extends Error {
  constructor(error: unknown) {
    super(messagesOf(error).join(': '))
    this.name = 'OpenIdError'
  }
}

function messagesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const reason = error instanceof ResponseBodyError ? [error.error] : []
  return [error.message, ...reason, ...namedIssuer(error.cause), ...messagesOf(error.cause)]
}

/** The issuer that the metadata names instead of the expected one. */
function namedIssuer(cause: unknown): string[] {
  const { attribute, body } = (cause ?? {}) as { attribute?: unknown; body?: { issuer?: unknown } }
  return attribute === 'issuer' && typeof body?.issuer === 'string' ? [`the provider names itself ${body.issuer}`] : []
}

/** Whether the provider refused the client itself, and not the code. */
export function wasClientRefused(error: unknown): boolean {
  if (error instanceof WWWAuthenticateChallengeError) return error.status === unauthorized
  return error instanceof ResponseBodyError && error.error === 'invalid_client'
}
