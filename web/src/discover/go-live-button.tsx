import { useLocation } from 'wouter'
import { AsyncButton } from '../ui/async-button.tsx'

/** Leads to the page that opens the green room, which signs people in first. */
export function GoLiveButton() {
  const [, navigate] = useLocation()
  return (
    <AsyncButton variant='primary' onPress={() => navigate('/go-live')}>
      Go live
    </AsyncButton>
  )
}
