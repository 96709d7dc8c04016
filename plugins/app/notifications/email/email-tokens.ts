import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { parseJson } from '../../http/api-answers.ts'
import type { SealedBox } from '../../identity/sealed-box.ts'

/** Purpose of a link in a mail. A token for one purpose is none for the other. */
export type EmailPurpose = 'verify' | 'unsubscribe' | 'block'

/** Meaning of a token: the address that a person entered at one time, or a mailbox whose reader may block it. */
const meanings = {
  verify: Type.Object({ userId: Type.String(), entryId: Type.String() }),
  unsubscribe: Type.Object({ userId: Type.String(), entryId: Type.String() }),
  block: Type.Object({ mailboxId: Type.String() })
}
export type EmailTokenMeaning<P extends EmailPurpose> = Type.Static<(typeof meanings)[P]>

export type EmailTokens = ReturnType<typeof createEmailTokens>

/** Tokens of the links in mails. They are sealed, so nobody makes or reads one. The store decides when they end. */
export function createEmailTokens(box: Pick<SealedBox, 'seal' | 'open'>) {
  function open(purpose: EmailPurpose, token: string): unknown {
    const [kid = '', text = ''] = token.split('.')
    try {
      return parseJson(box.open({ kid, box: text }, purpose))
    } catch {
      // Another key or purpose, or a changed token.
      return undefined
    }
  }

  return {
    issue<P extends EmailPurpose>(purpose: P, meaning: EmailTokenMeaning<P>): string {
      const { kid, box: text } = box.seal(JSON.stringify(meaning), purpose)
      return `${kid}.${text}`
    },

    /** Returns the meaning of a token; undefined when it is none for this purpose. */
    read<P extends EmailPurpose>(purpose: P, token: string): EmailTokenMeaning<P> | undefined {
      const meaning = open(purpose, token)
      return Value.Check(meanings[purpose], meaning) ? meaning : undefined
    }
  }
}
