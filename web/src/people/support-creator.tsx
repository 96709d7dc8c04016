import { useEffect, useState } from 'react'
import type { Link, Person } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { SupportLinks } from '../parts/support-links.tsx'

/** Where the creator of a show can be supported directly; nothing where they named nothing. */
export function SupportCreator({ creator: { id, displayName } }: { creator: Person }) {
  const [links, setLinks] = useState<readonly Link[]>([])
  useEffect(() => {
    let wanted = true
    // What can't be loaded is left out: the show does not hang on it.
    ambient.people.get(id).then(
      ({ links }) => {
        if (wanted) setLinks(links)
      },
      () => {}
    )
    return () => {
      wanted = false
    }
  }, [id])
  return <SupportLinks links={links} name={displayName} />
}
