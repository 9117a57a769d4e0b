import { Services } from './Services'

export const metadata = { title: 'Services' }

export default function ServicesPage() {
  return <Services />
}
