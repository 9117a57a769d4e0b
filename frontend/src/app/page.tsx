export default function HomePage() {
  return <main>SewaBazaar Messaging</main>
}
