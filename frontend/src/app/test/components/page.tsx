import { Gallery } from '@/components/testing/Gallery'

export const metadata = { title: 'Component states' }

export default function ComponentsPage() {
  return <Gallery />
}
