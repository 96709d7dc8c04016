import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Db } from 'mongodb'
import type { CodeExchange } from '../../../contract/sign-in.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { Sealed } from '../spotify/sealed-box.ts'

/** What a code stands for: somebody signed in, or a Spotify account that wants to be linked. */
export type CodeMeaning = { kind: 'signIn'; userId: string } | { kind: 'link'; userId: string; grant: Sealed }

interface CodeDocument {
  /** Hashed: who reads the store can't use it. */
  _id: string
  meaning: CodeMeaning
  codeChallenge: string
  expiresAt: Date
}

/** Long enough for a browser to get back to its app. */
const lifeMs = 60_000

/** Codes an app exchanges with the verifier only it knows: single use, for a minute. */
export async function createOneTimeCodes(db: Db) {
  const codes = db.collection<CodeDocument>('oneTimeCodes')
  await codes.createIndex({ expiresAt: 1 })

  return {
    async issue(meaning: CodeMeaning, codeChallenge: string): Promise<string> {
      const code = randomBytes(32).toString('base64url')
      const now = Date.now()
      await codes.deleteMany({ expiresAt: { $lt: new Date(now) } })
      await codes.insertOne({ _id: hashed(code), meaning, codeChallenge, expiresAt: new Date(now + lifeMs) })
      return code
    },

    /** Uses a code up, also when the verifier is wrong. Throws UNAUTHENTICATED. */
    async redeem<K extends CodeMeaning['kind']>(
      kind: K,
      { code, codeVerifier }: CodeExchange
    ): Promise<Extract<CodeMeaning, { kind: K }>> {
      const found = await codes.findOneAndDelete({ _id: hashed(code) })
      const isGood = found && found.expiresAt.getTime() > Date.now() && isChallengeOf(found.codeChallenge, codeVerifier)
      if (isGood && isKind(found.meaning, kind)) return found.meaning
      throw new CodedError('UNAUTHENTICATED', 'This code is not good any more; sign in again.')
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
  return timingSafeEqual(sha256(hashed(verifier)), sha256(challenge))
}

export function hashed(secret: string): string {
  return sha256(secret).toString('base64url')
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
