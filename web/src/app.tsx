import { lazy } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { Announcements } from './announcements/announcements.tsx'
import { homePage, showPage } from './lazy-pages.ts'
import { NotFoundPage } from './pages/not-found.tsx'
import { Header } from './layout/header.tsx'
import { LaterParts } from './layout/later-parts.tsx'
import { LazyBoundary } from './ui/lazy-boundary.tsx'
import { Loading } from './ui/loading.tsx'
import { PageFocus } from './layout/page-focus.tsx'
import { ShowDock } from './show/show-dock.tsx'
import styles from './app.module.css'

const { Page: HomePage } = homePage
const { Page: ShowPage } = showPage
const SignInPage = lazy(async () => ({ default: (await import('./pages/sign-in.tsx')).SignInPage }))
const GoLivePage = lazy(async () => ({ default: (await import('./pages/go-live.tsx')).GoLivePage }))
const EditShowPage = lazy(async () => ({ default: (await import('./pages/edit-show.tsx')).EditShowPage }))
const ScheduleShowPage = lazy(async () => ({ default: (await import('./pages/schedule-show.tsx')).ScheduleShowPage }))
const ProfilePage = lazy(async () => ({ default: (await import('./pages/profile.tsx')).ProfilePage }))
const FollowListPage = lazy(async () => ({ default: (await import('./pages/follow-list.tsx')).FollowListPage }))
const MailLinkPage = lazy(async () => ({ default: (await import('./pages/mail-link.tsx')).MailLinkPage }))
const LibraryPage = lazy(async () => ({ default: (await import('./pages/library.tsx')).LibraryPage }))
const NumbersPage = lazy(async () => ({ default: (await import('./pages/numbers.tsx')).NumbersPage }))
const ShowNumbersPage = lazy(async () => ({ default: (await import('./pages/show-numbers.tsx')).ShowNumbersPage }))
const SettingsPage = lazy(async () => ({ default: (await import('./pages/settings.tsx')).SettingsPage }))

export function App() {
  const [path] = useLocation()
  return (
    <>
      <a className='visually-hidden' href='#main'>
        Skip to content
      </a>
      <Header />
      <Announcements />
      <main id='main' className={styles.main} tabIndex={-1}>
        <LazyBoundary isPage resetKey={path} fallback={<Loading />}>
          <Switch>
            <Route path='/'>
              <HomePage />
            </Route>
            <Route path='/sign-in'>
              <SignInPage />
            </Route>
            <Route path='/go-live'>
              <GoLivePage />
            </Route>
            <Route path='/plan'>
              <ScheduleShowPage />
            </Route>
            <Route path='/library'>
              <LibraryPage />
            </Route>
            <Route path='/email/confirm'>
              <MailLinkPage purpose='confirm' />
            </Route>
            <Route path='/email/unsubscribe'>
              <MailLinkPage purpose='unsubscribe' />
            </Route>
            <Route path='/email/block'>
              <MailLinkPage purpose='block' />
            </Route>
            <Route path='/settings'>
              <SettingsPage />
            </Route>
            <Route path='/numbers'>
              <NumbersPage />
            </Route>
            <Route path='/shows/:id/numbers'>{({ id }) => <ShowNumbersPage key={id} showId={id} />}</Route>
            <Route path='/shows/:id'>{({ id }) => <ShowPage key={id} showId={id} />}</Route>
            <Route path='/shows/:id/edit'>{({ id }) => <EditShowPage key={id} showId={id} />}</Route>
            <Route path='/users/:id'>{({ id }) => <ProfilePage key={id} userId={id} />}</Route>
            <Route path='/users/:id/followers'>
              {({ id }) => <FollowListPage key={id} userId={id} list='followers' />}
            </Route>
            <Route path='/users/:id/following'>
              {({ id }) => <FollowListPage key={id} userId={id} list='following' />}
            </Route>
            <Route>
              <NotFoundPage />
            </Route>
          </Switch>
          {/* Inside the boundary, so that it waits for the page to load. */}
          <PageFocus />
        </LazyBoundary>
      </main>
      <ShowDock />
      <LaterParts />
    </>
  )
}
