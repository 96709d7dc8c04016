import type { ArtistCard } from '../../../client/index.ts'
import { isExpired, type Limited } from './expiry.ts'

/** Returns the parts of a card. */
export const partsOf = ({ about, genres, origin, links }: ArtistCard) => [
  ...(about ? [about] : []),
  ...genres,
  ...(origin ? [origin] : []),
  ...links
]

/** Returns a card without the parts that may not be shown any longer. */
export function withoutExpired(card: ArtistCard, nowMs: number): ArtistCard {
  const isShown = (part: Limited) => !isExpired(part, nowMs)
  return {
    ...card,
    about: card.about && isShown(card.about) ? card.about : null,
    genres: card.genres.filter(isShown),
    origin: card.origin && isShown(card.origin) ? card.origin : null,
    links: card.links.filter(isShown)
  }
}
