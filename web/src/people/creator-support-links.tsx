import { useEffect, useState } from 'react'
import type { Link, Person } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { SupportLinks } from './support-links.tsx'

/** The support links of a show's creator; renders nothing when there are none. */
export function CreatorSupportLinks({ creator: { id, displayName } }: { creator: Person }) {
  const [links, setLinks] = useState<readonly Link[]>([])
  useEffect(() => {
    let isCurrent = true
    // A failure is ignored: the links are not essential.
    ambient.people.get(id).then(
      ({ links }) => {
        if (isCurrent) setLinks(links)
      },
      () => {}
    )
    return () => {
      isCurrent = false
    }
  }, [id])
  return <SupportLinks links={links} name={displayName} />
}
