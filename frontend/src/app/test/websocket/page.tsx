import { Dashboard } from './Dashboard'

export const metadata = { title: 'Live test' }

export default function WebSocketTestPage() {
  return <Dashboard />
}
