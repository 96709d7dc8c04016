import { Link } from 'wouter'
import { Notice } from '../parts/notice.tsx'

export function NotFoundPage() {
  return (
    <Notice title='There is nothing here'>
      <Link href='/'>See what is live</Link>
    </Notice>
  )
}
