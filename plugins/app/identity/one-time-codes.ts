import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { CodeExchange } from '../../../contract/sign-in.ts'
import type { Sealed } from './sealed-box.ts'
import { deleteInSlices } from '../documents/slices.ts'

/** Meaning of a code: a person who has signed in, or an account at a provider to be linked. */
export type CodeMeaning = { kind: 'signIn'; userId: string } | { kind: 'link'; userId: string; grant: Sealed }

export interface CodeDocument {
  /** The hash of the code, so that reading the store does not allow to use it. */
  _id: string
  meaning: CodeMeaning
  codeChallenge: string
  expiresAt: Date
}

/** Time that a browser has to return to its app. */
const codeTtlMs = 60_000

export type OneTimeCodes = Awaited<ReturnType<typeof createOneTimeCodes>>

/** Codes that an app exchanges together with the verifier only it knows. A code can be used once, within a minute. */
export async function createOneTimeCodes(codes: Collection<CodeDocument>) {
  await codes.createIndex({ expiresAt: 1 })

  return {
    async issue(meaning: CodeMeaning, codeChallenge: string): Promise<string> {
      const code = randomBytes(32).toString('base64url')
      await codes.insertOne({ _id: hashOf(code), meaning, codeChallenge, expiresAt: new Date(Date.now() + codeTtlMs) })
      return code
    },

    /** Removes the codes that nobody used in time. */
    async removeExpired(): Promise<void> {
      await deleteInSlices(codes, { expiresAt: { $lt: new Date() } })
    },

    /**
     * Returns the meaning of a code, and deletes the code even when the verifier is wrong. Throws UNAUTHENTICATED.
     */
    async redeem<K extends CodeMeaning['kind']>(
      kind: K,
      { code, codeVerifier }: CodeExchange
    ): Promise<Extract<CodeMeaning, { kind: K }>> {
      const found = await codes.findOneAndDelete({ _id: hashOf(code) })
      const isValid =
        found && found.expiresAt.getTime() > Date.now() && isChallengeOf(found.codeChallenge, codeVerifier)
      if (isValid && isKind(found.meaning, kind)) return found.meaning
      throw new CodedError('UNAUTHENTICATED', 'This code is no longer valid; sign in again.')
    }
  }
}

function isKind<K extends CodeMeaning['kind']>(
  meaning: CodeMeaning,
  kind: K
): meaning is Extract<CodeMeaning, { kind: K }> {
  return meaning.kind === kind
}

/** https://www.rfc-editor.org/rfc/rfc7636#section-4.6 */
function isChallengeOf(challenge: string, verifier: string): boolean {
  return timingSafeEqual(sha256(hashOf(verifier)), sha256(challenge))
}

/** Returns the hash under which a secret is stored. */
export function hashOf(secret: string): string {
  return sha256(secret).toString('base64url')
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
