import { SignIn } from './SignIn'

export default function HomePage() {
  return <SignIn />
}
