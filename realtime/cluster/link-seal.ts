import type { NamedKey } from '../../config/config.ts'
import { CodedError } from '../../contract/errors.ts'
import type { LinkOffer } from '../../media/link-transport.ts'
import { createSealedBox, type Sealed } from '../../plugins/app/identity/sealed-box.ts'
import type { PeersParts } from './peers.ts'
import { checkedBy, Offer } from './voice-link-messages.ts'

/** The way of an offer: it opens only for the link and the two nodes that it was sealed for. */
export interface OfferRoute {
  showId: string
  linkId: string
  from: string
  to: string
}

/** Encrypts offers of links, which contain the keys of the audio, for the way over the bus. */
export interface LinkSeal {
  seal(offer: LinkOffer, route: OfferRoute): Sealed
  /** Throws FORBIDDEN for an offer that no key of this node opens, or of another route. */
  open(sealed: Sealed, route: OfferRoute): LinkOffer
}

/** The keys are JWT_KEYS: the same on all nodes. */
export function createLinkSeal(keys: readonly NamedKey[], compile: PeersParts['compile']): LinkSeal {
  const box = createSealedBox(keys, { purpose: 'ambient links between nodes', setting: 'JWT_KEYS' })
  const checkOffer = checkedBy(compile, Offer)
  return {
    seal: (offer, route) => box.seal(JSON.stringify(offer), ownerOf(route)),
    open(sealed, route) {
      let text: string
      try {
        text = box.open(sealed, ownerOf(route))
      } catch {
        throw new CodedError('FORBIDDEN', 'The offer of a link was sealed with another key.')
      }
      return checkOffer(JSON.parse(text))
    }
  }
}

function ownerOf({ showId, linkId, from, to }: OfferRoute): string {
  return JSON.stringify([showId, linkId, from, to])
}
